import { utf8 } from "../../base/bytes.ts";
import { strftime } from "../../base/calendar.ts";
import type { RandomStream } from "../../sim/random.ts";
import type { Certificate } from "../certificate.ts";
import { subjectName } from "../distinguished-name.ts";
import { generateEcKey } from "../ecdsa.ts";
import type { PrivateKey } from "../keys.ts";
import { encodePem } from "../pem.ts";
import { privateKeyToPem } from "../private-key.ts";
import { publicKeyToPem } from "../public-key.ts";
import {
  type Authority,
  BACKDATE_MS,
  CERTIFICATE_LIFETIME_MS,
  DAY_MS,
  issueCertificate,
  newAuthority,
} from "./authority.ts";
import {
  AUTHORITIES,
  type AuthorityName,
  CERTIFICATES,
  type CertificateSpec,
  type ControlPlaneNames,
  KUBECONFIGS,
  type KubeconfigSpec,
} from "./certificate-table.ts";
import { type KubeconfigCredentials, kubeconfigText } from "./kubeconfig.ts";

/** A file or link to be put on a node's disk. Directories have mode 0755. */
export interface KubeadmFile {
  /** Absolute. */
  readonly path: string;
  readonly mode: number;
  readonly bytes: Uint8Array;
  /** Set for a symbolic link; then there are no bytes. */
  readonly linkTo?: string;
}

/** What a cluster's control planes share: its CAs and the key that signs service account tokens. */
export interface ClusterSecrets {
  readonly authorities: Readonly<Record<AuthorityName, Authority>>;
  readonly serviceAccountKey: PrivateKey;
}

/** When, by what chance, and for whom files are made. */
export interface Making {
  /** Milliseconds since the epoch; pass an earlier moment for a cluster that is some days old. */
  readonly now: number;
  readonly random: RandomStream;
  /** For example `kubernetes`. */
  readonly clusterName: string;
  /** For example `https://10.0.1.10:6443`. */
  readonly server: string;
}

const PKI = "/etc/kubernetes/pki";
const KUBELET_PKI = "/var/lib/kubelet/pki";
const CURRENT_KUBELET_CERTIFICATE = `${KUBELET_PKI}/kubelet-client-current.pem`;

/** New CAs and a new service account key. */
export function makeClusterSecrets(now: number, random: RandomStream): ClusterSecrets {
  const make = (name: AuthorityName) =>
    newAuthority(AUTHORITIES.find((authority) => authority.name === name)?.commonName ?? name, now, random);
  const authorities = { ca: make("ca"), "front-proxy-ca": make("front-proxy-ca"), "etcd-ca": make("etcd-ca") };
  return { authorities, serviceAccountKey: generateEcKey(random) };
}

/** All that kubeadm puts under `/etc/kubernetes` of a control plane besides the manifests, and the kubelet's own. */
export function makeControlPlaneFiles(
  secrets: ClusterSecrets,
  names: ControlPlaneNames,
  making: Making,
): KubeadmFile[] {
  return [
    ...authorityFiles(secrets),
    ...CERTIFICATES.flatMap((spec) => makeCertificateFiles(secrets, spec, names, making)),
    ...serviceAccountFiles(secrets.serviceAccountKey),
    ...KUBECONFIGS.filter(({ name }) => name !== "kubelet.conf").map((spec) =>
      makeKubeconfigFile(secrets, spec, names.nodeName, making),
    ),
    ...makeKubeletFiles(secrets, names.nodeName, making),
  ];
}

/** What a worker has after `kubeadm join`: the CA, and the kubelet's kubeconfig and certificates. */
export function makeWorkerFiles(secrets: ClusterSecrets, nodeName: string, making: Making): KubeadmFile[] {
  const ca = certificatePem(secrets.authorities.ca.certificate);
  return [textFile(`${PKI}/ca.crt`, 0o644, ca), ...makeKubeletFiles(secrets, nodeName, making)];
}

function authorityFiles({ authorities }: ClusterSecrets): KubeadmFile[] {
  return AUTHORITIES.flatMap(({ name, file }) =>
    pairFiles(`${PKI}/${file}`, authorities[name].certificate, authorities[name].key),
  );
}

/** One certificate with a new key, for `kubeadm init` and `kubeadm certs renew`. */
function makeCertificateFiles(
  secrets: Pick<ClusterSecrets, "authorities">,
  spec: CertificateSpec,
  names: ControlPlaneNames,
  { now, random }: Making,
): KubeadmFile[] {
  const key = generateEcKey(random);
  const certificate = issueCertificate(
    secrets.authorities[spec.authority],
    {
      subject: subjectName(spec.commonName(names)),
      publicKey: key.publicKey,
      purposes: spec.purposes,
      altNames: spec.altNames?.(names) ?? [],
      notBefore: now - BACKDATE_MS,
      notAfter: now + CERTIFICATE_LIFETIME_MS,
    },
    random,
  );
  return pairFiles(`${PKI}/${spec.file}`, certificate, key);
}

function serviceAccountFiles(key: PrivateKey): KubeadmFile[] {
  return [
    textFile(`${PKI}/sa.key`, 0o600, privateKeyToPem(key)),
    textFile(`${PKI}/sa.pub`, 0o600, publicKeyToPem(key.publicKey)),
  ];
}

/** One kubeconfig with a new key and certificate inside. */
function makeKubeconfigFile(
  secrets: Pick<ClusterSecrets, "authorities">,
  spec: KubeconfigSpec,
  nodeName: string,
  making: Making,
): KubeadmFile {
  const key = generateEcKey(making.random);
  const user = spec.user(nodeName);
  const certificate = issueClient(secrets.authorities.ca, user, spec.organizations, key, making);
  const credentials: KubeconfigCredentials = {
    kind: "data",
    certificatePem: certificatePem(certificate),
    keyPem: privateKeyToPem(key),
  };
  return kubeconfigFile(`/etc/kubernetes/${spec.name}`, secrets.authorities.ca, user, credentials, making);
}

function issueClient(
  authority: Authority,
  commonName: string,
  organizations: readonly string[],
  key: PrivateKey,
  { now, random }: Making,
): Certificate {
  const issue = {
    subject: subjectName(commonName, organizations),
    publicKey: key.publicKey,
    purposes: ["clientAuth" as const],
    notBefore: now - BACKDATE_MS,
    notAfter: now + CERTIFICATE_LIFETIME_MS,
  };
  return issueCertificate(authority, issue, random);
}

function kubeconfigFile(
  path: string,
  ca: Authority,
  user: string,
  credentials: KubeconfigCredentials,
  { clusterName, server }: Making,
): KubeadmFile {
  const caPem = certificatePem(ca.certificate);
  return textFile(path, 0o600, kubeconfigText({ clusterName, server, caPem, user, credentials }));
}

/**
 * The kubelet after its TLS bootstrap: a client certificate that it rotates, behind a link that kubelet.conf names,
 * and a self-signed serving certificate.
 */
function makeKubeletFiles(secrets: ClusterSecrets, nodeName: string, making: Making): KubeadmFile[] {
  const user = `system:node:${nodeName}`;
  const key = generateEcKey(making.random);
  const certificate = issueClient(secrets.authorities.ca, user, ["system:nodes"], key, making);
  const stamp = strftime("%F-%H-%M-%S", making.now);
  const rotated = `${KUBELET_PKI}/kubelet-client-${stamp}.pem`;
  const path = CURRENT_KUBELET_CERTIFICATE;
  const credentials: KubeconfigCredentials = { kind: "files", certificatePath: path, keyPath: path };
  return [
    kubeconfigFile("/etc/kubernetes/kubelet.conf", secrets.authorities.ca, user, credentials, making),
    textFile(rotated, 0o600, certificatePem(certificate) + privateKeyToPem(key)),
    { path, mode: 0o777, bytes: new Uint8Array(0), linkTo: rotated },
    ...kubeletServingFiles(nodeName, making),
  ];
}

/** Mirrors client-go util/cert GenerateSelfSignedCertKey: a throw-away CA signs, and both are in the file. */
function kubeletServingFiles(nodeName: string, { now, random }: Making): KubeadmFile[] {
  const ca = newAuthority(`${nodeName}-ca@${Math.floor(now / 1000)}`, now, random);
  const key = generateEcKey(random);
  const issue = {
    subject: subjectName(`${nodeName}@${Math.floor(now / 1000)}`),
    publicKey: key.publicKey,
    purposes: ["serverAuth" as const],
    altNames: [nodeName],
    notBefore: now - 3_600_000,
    notAfter: now + 365 * DAY_MS,
  };
  const certificate = issueCertificate(ca, issue, random);
  const chain = certificatePem(certificate) + certificatePem(ca.certificate);
  return [
    textFile(`${KUBELET_PKI}/kubelet.crt`, 0o644, chain),
    textFile(`${KUBELET_PKI}/kubelet.key`, 0o600, privateKeyToPem(key)),
  ];
}

function pairFiles(path: string, certificate: Certificate, key: PrivateKey): KubeadmFile[] {
  return [
    textFile(`${path}.crt`, 0o644, certificatePem(certificate)),
    textFile(`${path}.key`, 0o600, privateKeyToPem(key)),
  ];
}

/** PEM of a certificate. */
export function certificatePem(certificate: Certificate): string {
  return encodePem("CERTIFICATE", certificate.der);
}

function textFile(path: string, mode: number, content: string): KubeadmFile {
  return { path, mode, bytes: utf8(content) };
}
