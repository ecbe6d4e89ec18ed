import { base64, text, utf8 } from "../../../base/bytes.ts";
import { goJson } from "../../../base/go-json.ts";
import { KeyPairError, loadKeyPair } from "../../../pki/key-pair.ts";
import { FsError, goFsError } from "../../../vfs/file-system.ts";
import { CommandError } from "../core/failure.ts";
import { type Fields, fields } from "../core/fields.ts";
import type { Kubectl } from "../core/kubectl.ts";
import { configHash } from "./config-hash.ts";
import { type ConfigData, configMapData, configSources } from "./config-sources.ts";
import { type Generator, generatorCommand } from "./generator.ts";

const SECRETS = { group: "", version: "v1", resource: "secrets", namespaced: true };

/** kubectl create configmap */
export const configMap = generatorCommand({
  name: "configmap",
  path: "create configmap",
  aliases: ["cm"],
  use: "NAME [--from-file=[key=]source] [--from-literal=key1=value1] [--dry-run=server|client|none]",
  short: "Create a config map from a local file, directory or literal value",
  resource: { group: "", version: "v1", resource: "configmaps", namespaced: true },
  noun: "configmap",
  *make(kubectl, name) {
    const data = sources(kubectl, "ConfigMap", name);
    return withHash(kubectl, { kind: "ConfigMap", apiVersion: "v1", metadata: { name }, ...configMapData(data) });
  },
});

function sources(kubectl: Kubectl, kind: string, name: string): ConfigData {
  const list = (flag: string) => (kubectl.parsed.flags.get(flag) === undefined ? [] : kubectl.parsed.list(flag));
  const flags = { files: list("from-file"), literals: list("from-literal"), envFiles: list("from-env-file") };
  return configSources(kubectl.process.fs, flags, { kind, name }, kubectl.process.env);
}

function withHash(kubectl: Kubectl, object: Fields): Fields {
  if (!kubectl.isSet("append-hash")) return object;
  const metadata = fields(object["metadata"]);
  return { ...object, metadata: { ...metadata, name: `${String(metadata["name"])}-${configHash(object)}` } };
}

function secretObject(kubectl: Kubectl, name: string, data: ConfigData, type: string): Fields {
  const encoded: Record<string, string> = {};
  for (const [key, value] of data) encoded[key] = base64(typeof value === "string" ? utf8(value) : value);
  return withHash(kubectl, {
    kind: "Secret",
    apiVersion: "v1",
    metadata: { name },
    ...(data.size === 0 ? {} : { data: encoded }),
    ...(type === "" ? {} : { type }),
  });
}

const generic: Generator = {
  name: "generic",
  path: "create secret generic",
  use: "NAME [--type=string] [--from-file=[key=]source] [--from-literal=key1=value1] [--dry-run=server|client|none]",
  short: "Create a secret from a local file, directory, or literal value",
  resource: SECRETS,
  noun: "secret",
  *make(kubectl, name) {
    return secretObject(kubectl, name, sources(kubectl, "Secret", name), kubectl.flag("type"));
  },
};

const tls: Generator = {
  name: "tls",
  path: "create secret tls",
  use: "NAME --cert=path/to/cert/file --key=path/to/key/file [--dry-run=server|client|none]",
  short: "Create a TLS secret",
  resource: SECRETS,
  noun: "secret",
  *make(kubectl, name) {
    const cert = kubectl.flag("cert");
    const key = kubectl.flag("key");
    if (cert === "" || key === "") throw new CommandError("key and cert must be specified");
    const data: ConfigData = new Map([
      ["tls.crt", readPem(kubectl, cert)],
      ["tls.key", readPem(kubectl, key)],
    ]);
    checkPair(data);
    return secretObject(kubectl, name, data, "kubernetes.io/tls");
  },
};

/** What can't serve as a server's certificate is refused before it is sent. */
function checkPair(data: ConfigData): void {
  const pem = (key: string) => text(data.get(key) as Uint8Array);
  try {
    loadKeyPair(pem("tls.crt"), pem("tls.key"));
  } catch (error) {
    if (error instanceof KeyPairError) throw new CommandError(error.message);
    throw error;
  }
}

function readPem(kubectl: Kubectl, path: string): Uint8Array {
  try {
    return kubectl.process.fs.readFile(path);
  } catch (error) {
    if (!(error instanceof FsError)) throw error;
    throw new CommandError(`Cannot read file ${path}, ${goFsError("open", error)}`);
  }
}

const dockerRegistry: Generator = {
  name: "docker-registry",
  path: "create secret docker-registry",
  use: "NAME --docker-username=user --docker-password=password --docker-email=email [--docker-server=string] [--from-file=[key=]source] [--dry-run=server|client|none]",
  short: "Create a secret for use with a Docker registry",
  resource: SECRETS,
  noun: "secret",
  *make(kubectl, name) {
    return secretObject(kubectl, name, registryData(kubectl, name), "kubernetes.io/dockerconfigjson");
  },
};

function registryData(kubectl: Kubectl, name: string): ConfigData {
  if (kubectl.parsed.list("from-file").length > 0) return sources(kubectl, "Secret", name);
  const username = kubectl.flag("docker-username");
  const password = kubectl.flag("docker-password");
  const email = kubectl.flag("docker-email");
  if (username === "" || password === "") {
    throw new CommandError(
      "either --from-file or the combination of --docker-username, --docker-password and --docker-server is required",
    );
  }
  const entry = {
    username,
    password,
    ...(email === "" ? {} : { email }),
    auth: base64(utf8(`${username}:${password}`)),
  };
  const config = goJson({ auths: { [kubectl.flag("docker-server")]: entry } }, { sortKeys: false });
  return new Map([[".dockerconfigjson", config]]);
}

/** kubectl create secret */
export const secret = {
  name: "secret",
  use: "(docker-registry | generic | tls)",
  short: "Create a secret using a specified subcommand",
  commands: [dockerRegistry, generic, tls].map(generatorCommand),
};
