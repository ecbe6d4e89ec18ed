import { base64, fromBase64, text, utf8 } from "../../base/bytes.ts";
import { emitYaml } from "../../base/yaml/emit.ts";
import { parseYamlDocument } from "../../base/yaml/read.ts";
import { parseKubeconfig } from "../../kube/client/kubeconfig.ts";
import { ConfigError } from "../../kube/client/rest-config.ts";
import type { Certificate } from "../../pki/certificate.ts";
import { parseCertificates } from "../../pki/certificate-parser.ts";
import { DerError } from "../../pki/der.ts";
import type { Authority } from "../../pki/kubeadm/authority.ts";
import { certificatePem } from "../../pki/kubeadm/files.ts";
import { kubeconfigText } from "../../pki/kubeadm/kubeconfig.ts";
import { privateKeyToPem } from "../../pki/private-key.ts";
import type { FileSystem } from "../../vfs/file-system.ts";
import { fileErrors, KubeadmError } from "./context.ts";

/** A kubeconfig of this cluster with a client certificate inside. */
export function kubeconfigWith(
  clusterName: string,
  server: string,
  ca: Certificate,
  user: string,
  pair: Authority,
): string {
  return kubeconfigText({
    clusterName,
    server,
    caPem: certificatePem(ca),
    user,
    credentials: { kind: "data", certificatePem: certificatePem(pair.certificate), keyPem: privateKeyToPem(pair.key) },
  });
}

/** What kubeadm looks at in a kubeconfig: the current context's cluster and user. */
export interface CurrentContext {
  readonly caPem: string;
  readonly server: string;
  readonly user: string;
  /** The embedded client certificate; undefined when there is none. */
  readonly certificate: Certificate | undefined;
}

/** Reads the current context. Throws `KubeadmError`. */
export function readCurrentContext(fs: FileSystem, path: string): CurrentContext {
  const start = `failed to load kubeconfig file ${path}: `;
  const content = fileErrors(start, "open", () => fs.readText(path));
  const fileNamed = (file: unknown) =>
    typeof file === "string" && file !== "" ? fileErrors(start, "open", () => fs.readText(file)) : "";
  try {
    const config = parseKubeconfig(content, path);
    const context = config.contexts.get(config.currentContext);
    if (context === undefined)
      throw new KubeadmError(`${start}current context ${JSON.stringify(config.currentContext)} does not exist`);
    const cluster = config.clusters.get(context.cluster)?.fields ?? {};
    const user = config.users.get(context.user)?.fields ?? {};
    const pem = dataOf(user["client-certificate-data"]);
    const [certificate] = pem === "" ? [] : parseCertificates(pem);
    return {
      caPem: dataOf(cluster["certificate-authority-data"]) || fileNamed(cluster["certificate-authority"]),
      server: String(cluster["server"] ?? ""),
      user: context.user,
      certificate,
    };
  } catch (error) {
    if (error instanceof ConfigError || error instanceof DerError) throw new KubeadmError(start + error.message);
    throw error;
  }
}

/** The kubeconfig's text with another client certificate, key and CA, and all else as it was. */
export function withCredentials(content: string, user: string, ca: Certificate, pair: Authority): string {
  const document = parseYamlDocument(content) as {
    users?: { name?: string; user?: Record<string, unknown> }[];
    clusters?: { cluster?: Record<string, unknown> }[];
  };
  const encoded = (pem: string) => base64(utf8(pem));
  for (const entry of document.users ?? []) {
    if (entry.name !== user) continue;
    entry.user = {
      ...entry.user,
      "client-certificate-data": encoded(certificatePem(pair.certificate)),
      "client-key-data": encoded(privateKeyToPem(pair.key)),
    };
  }
  for (const entry of document.clusters ?? [])
    entry.cluster = { ...entry.cluster, "certificate-authority-data": encoded(certificatePem(ca)) };
  return emitYaml(document);
}

function dataOf(value: unknown): string {
  if (typeof value !== "string") return "";
  const decoded = fromBase64(value);
  return "bytes" in decoded ? text(decoded.bytes) : "";
}
