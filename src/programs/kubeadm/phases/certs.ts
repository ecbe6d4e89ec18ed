import { goTime } from "../../../base/calendar.ts";
import type { Certificate } from "../../../pki/certificate.ts";
import { verifyCertificate } from "../../../pki/chain.ts";
import { generateEcKey } from "../../../pki/ecdsa.ts";
import { newAuthority } from "../../../pki/kubeadm/authority.ts";
import {
  AUTHORITIES,
  type AuthorityName,
  CERTIFICATES,
  type CertificateSpec,
} from "../../../pki/kubeadm/certificate-table.ts";
import { privateKeyToPem } from "../../../pki/private-key.ts";
import { publicKeyToPem } from "../../../pki/public-key.ts";
import { checkSignature } from "../../../pki/signature.ts";
import type { Task } from "../../../sim/task.ts";
import { KubeadmError, print, warn } from "../context.ts";
import { FLAG } from "../flags.ts";
import { issuePair, wishOf, writePair } from "../issue.ts";
import { within } from "../pki-directory.ts";
import type { InitPhase, InitRun } from "./init-run.ts";

const SHARED_FLAGS = [FLAG.certDir, FLAG.config, FLAG.version, FLAG.dryRun];
const SERVER_FLAGS = [
  ...SHARED_FLAGS,
  FLAG.advertiseAddress,
  FLAG.endpoint,
  FLAG.extraSans,
  FLAG.dnsDomain,
  FLAG.serviceCidr,
];

const AUTHORITY_TEXT: Readonly<Record<AuthorityName, string>> = {
  ca: "self-signed Kubernetes CA to provision identities for other Kubernetes components",
  "front-proxy-ca": "self-signed CA to provision identities for front proxy",
  "etcd-ca": "self-signed CA to provision identities for etcd",
};

/** `init phase certs` (cmd/phases/init/certs.go). Files that are there and fit are kept. */
export const certsPhase: InitPhase = {
  name: "certs",
  short: "Certificate generation",
  flags: SERVER_FLAGS,
  run: (run) => print(run.context, `[certs] Using certificateDir folder ${JSON.stringify(run.pki.path)}\n`),
  phases: [
    ...AUTHORITIES.flatMap(({ name }) => [
      authorityPhase(name),
      ...CERTIFICATES.filter(({ authority }) => authority === name).map(certificatePhase),
    ]),
    {
      name: "sa",
      short: "Generate a private key for signing service account tokens along with its public key",
      long: "Generate the key that signs service account tokens and its public half, sa.key and sa.pub. Files that are there are kept.",
      flags: SHARED_FLAGS,
      run: makeServiceAccountKey,
    },
  ],
};

function authorityPhase(name: AuthorityName): InitPhase {
  const base = AUTHORITIES.find((each) => each.name === name)?.file ?? name;
  return {
    name,
    short: `Generate the ${AUTHORITY_TEXT[name]}`,
    long: `Generate the ${AUTHORITY_TEXT[name]}, ${base}.crt and ${base}.key. Files that are there are kept.`,
    flags: SHARED_FLAGS,
    run: (run) => makeAuthority(run, name, base),
  };
}

function certificatePhase(spec: CertificateSpec): InitPhase {
  return {
    name: spec.name,
    short: `Generate the ${spec.longName}`,
    long: `Generate the ${spec.longName}, ${spec.file}.crt and ${spec.file}.key. Files that are there are kept.`,
    flags: spec.name === "apiserver" ? SERVER_FLAGS : SHARED_FLAGS,
    run: (run) => makeCertificate(run, spec),
  };
}

function* makeAuthority(run: InitRun, name: AuthorityName, base: string): Task<void> {
  const { context, pki } = run;
  const existing = readable(() => pki.certificate(base));
  if (existing !== undefined) {
    yield* warnOfDates(run, base, existing);
    const keyless = readable(() => pki.key(base)) === undefined;
    yield* print(context, `[certs] Using existing ${base} ${keyless ? "keyless " : ""}certificate authority\n`);
    return;
  }
  if (pki.has(base)) within(`failure loading ${base} CA certificate`, () => pki.pair(base));
  yield* print(context, `[certs] Generating ${JSON.stringify(base)} certificate and key\n`);
  const { clock, random } = context.process;
  const commonName = AUTHORITIES.find((each) => each.name === name)?.commonName ?? name;
  writePair(pki, base, newAuthority(commonName, clock.now, random, run.configuration.caValidityMs));
}

function* makeCertificate(run: InitRun, spec: CertificateSpec): Task<void> {
  const { context, pki, configuration } = run;
  const caBase = AUTHORITIES.find(({ name }) => name === spec.authority)?.file ?? "ca";
  const existing = readable(() => pki.certificate(spec.file));
  if (existing !== undefined) {
    yield* warnOfDates(run, spec.file, existing);
    yield* checkExisting(run, spec, caBase, existing);
    yield* print(context, `[certs] Using existing ${spec.file} certificate and key on disk\n`);
    return;
  }
  const authority = within(`couldn't load CA certificate ${spec.authority}`, () => pki.authority(caBase));
  if (pki.has(spec.file)) {
    const { certificate } = within(`failure loading ${spec.file} certificate`, () => pki.pair(spec.file));
    if (checkSignature(certificate, authority.certificate.publicKey) !== undefined)
      throw new KubeadmError(`certificate ${spec.file} is not signed by corresponding CA`);
  }
  yield* print(context, `[certs] Generating ${JSON.stringify(spec.file)} certificate and key\n`);
  const pair = issuePair(context.process, authority, wishOf(spec, configuration), configuration.certificateValidityMs);
  writePair(pki, spec.file, pair);
  if (!spec.purposes.includes("serverAuth")) return;
  const { dnsNames, ipAddresses } = pair.certificate;
  yield* print(
    context,
    `[certs] ${spec.file} serving cert is signed for DNS names [${dnsNames.join(" ")}] and IPs [${ipAddresses.join(" ")}]\n`,
  );
}

function* checkExisting(run: InitRun, spec: CertificateSpec, caBase: string, existing: Certificate): Task<void> {
  const ca = within(`couldn't load CA certificate ${spec.authority}`, () => run.pki.certificate(caBase));
  yield* warnOfDates(run, caBase, ca);
  const fault = verifyCertificate(existing, {
    roots: [ca],
    intermediates: [],
    usage: spec.purposes[0] ?? "clientAuth",
    hostname: undefined,
    nowMs: run.context.process.clock.now,
  });
  if (fault === undefined) return;
  throw new KubeadmError(`[certs] certificate ${spec.file} not signed by CA certificate ${caBase}: ${fault.message}`);
}

/** phases/certs CheckCertificatePeriodValidity: a warning, no more. */
function* warnOfDates({ context }: InitRun, base: string, certificate: Certificate): Task<void> {
  const { now } = context.process.clock;
  const dates = `NotBefore: ${goTime(certificate.notBefore)}, NotAfter: ${goTime(certificate.notAfter)}`;
  const fault =
    now < certificate.notBefore
      ? `the certificate is not valid yet: ${dates}`
      : now > certificate.notAfter
        ? `the certificate has expired: ${dates}`
        : undefined;
  if (fault === undefined) return;
  yield* warn(context, "certs.go:469", `WARNING: could not validate bounds for certificate ${base}: ${fault}`);
}

function* makeServiceAccountKey(run: InitRun): Task<void> {
  const { context, pki } = run;
  if (run.externalCa) {
    yield* print(context, "[certs] Using existing sa keys\n");
    return;
  }
  if (pki.hasKey("sa")) {
    within("sa key existed but it could not be loaded properly", () => pki.key("sa"));
    yield* print(context, '[certs] Using the existing "sa" key\n');
    return;
  }
  yield* print(context, '[certs] Generating "sa" key and public key\n');
  const key = generateEcKey(context.process.random);
  pki.writeFile("sa.key", privateKeyToPem(key), 0o600);
  pki.writeFile("sa.pub", publicKeyToPem(key.publicKey), 0o600);
}

/** What `read` gives, or undefined when kubeadm can't read it. */
function readable<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof KubeadmError) return undefined;
    throw error;
  }
}
