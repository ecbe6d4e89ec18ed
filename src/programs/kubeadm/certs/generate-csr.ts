import { base64, utf8 } from "../../../base/bytes.ts";
import type { ParsedFlags } from "../../../base/cli/flag-set.ts";
import { emitYaml } from "../../../base/yaml/emit.ts";
import { signRequest } from "../../../pki/certificate-request.ts";
import { subjectName } from "../../../pki/distinguished-name.ts";
import { generateEcKey } from "../../../pki/ecdsa.ts";
import { altNameExtension } from "../../../pki/extension-codec.ts";
import type { PrivateKey } from "../../../pki/keys.ts";
import { CERTIFICATES, KUBECONFIGS } from "../../../pki/kubeadm/certificate-table.ts";
import { encodePem } from "../../../pki/pem.ts";
import { privateKeyToPem } from "../../../pki/private-key.ts";
import { isIpAddress } from "../../../sim/resolver.ts";
import type { Task } from "../../../sim/task.ts";
import { controlPlaneUrl, type InitConfiguration } from "../configuration.ts";
import { type KubeadmContext, KubeadmError, print } from "../context.ts";
import { initConfiguration } from "../init-data.ts";
import { type Wish, wishOf } from "../issue.ts";
import { PkiDirectory } from "../pki-directory.ts";

/** `certs generate-csr`: keys and signing requests for a CA that is elsewhere. Files that are there are refused. */
export function* runGenerateCsr(context: KubeadmContext, parsed: ParsedFlags): Task<number> {
  const configuration = yield* initConfiguration(context, parsed, { needsVersion: false });
  const { fs } = context.process;
  const pki = new PkiDirectory(fs, configuration.certificatesDir);
  for (const spec of CERTIFICATES) {
    refuseExisting(fs.exists(`${pki.path}/${spec.file}.key`), `${pki.path}/${spec.file}.key`);
    refuseExisting(fs.exists(`${pki.path}/${spec.file}.csr`), `${pki.path}/${spec.file}.csr`);
    const key = makeRequest(context, pki, spec.file, wishOf(spec, configuration));
    pki.writeFile(`${spec.file}.key`, privateKeyToPem(key), 0o600);
    yield* said(context, `${pki.path}/${spec.file}.key`, `${pki.path}/${spec.file}.csr`);
  }
  const kubeconfigs = new PkiDirectory(fs, parsed.string("kubeconfig-dir"));
  for (const spec of KUBECONFIGS) {
    const path = `${kubeconfigs.path}/${spec.name}`;
    refuseExisting(fs.exists(path), path);
    const user = spec.user(configuration.nodeName);
    const wish: Wish = { commonName: user, organizations: spec.organizations, purposes: ["clientAuth"], altNames: [] };
    const key = makeRequest(context, kubeconfigs, spec.name, wish);
    kubeconfigs.writeFile(spec.name, partialKubeconfig(configuration, user, key), 0o600);
    yield* said(context, path, `${path}.csr`);
  }
  return 0;
}

function refuseExisting(exists: boolean, path: string): void {
  if (exists) throw new KubeadmError(`${path} already exists`);
}

function* said(context: KubeadmContext, key: string, request: string): Task<void> {
  yield* print(context, `[certs] Generated ${JSON.stringify(key)} and ${JSON.stringify(request)}\n`);
}

function makeRequest(context: KubeadmContext, into: PkiDirectory, base: string, wish: Wish): PrivateKey {
  const key = generateEcKey(context.process.random);
  const names = wish.altNames.map((value) => ({
    kind: isIpAddress(value) ? ("IP" as const) : ("DNS" as const),
    value,
  }));
  const subject = subjectName(wish.commonName, wish.organizations);
  const request = signRequest(subject, key, names.length === 0 ? [] : [altNameExtension(names)]);
  into.writeFile(`${base}.csr`, encodePem("CERTIFICATE REQUEST", request.der), 0o600);
  return key;
}

/** A kubeconfig without certificates: the signed one is put in by hand. */
function partialKubeconfig(configuration: InitConfiguration, user: string, key: PrivateKey): string {
  const { clusterName } = configuration;
  const context = `${user}@${clusterName}`;
  return emitYaml({
    apiVersion: "v1",
    clusters: [{ cluster: { server: controlPlaneUrl(configuration) }, name: clusterName }],
    contexts: [{ context: { cluster: clusterName, user }, name: context }],
    "current-context": context,
    kind: "Config",
    users: [{ name: user, user: { "client-key-data": base64(utf8(privateKeyToPem(key))) } }],
  });
}
