import type { Process } from "../../machine/process.ts";
import { subjectName } from "../../pki/distinguished-name.ts";
import { generateEcKey } from "../../pki/ecdsa.ts";
import { type Authority, BACKDATE_MS, issueCertificate } from "../../pki/kubeadm/authority.ts";
import type { CertificateSpec, ControlPlaneNames } from "../../pki/kubeadm/certificate-table.ts";
import { certificatePem } from "../../pki/kubeadm/files.ts";
import { privateKeyToPem } from "../../pki/private-key.ts";
import { type InitConfiguration, serviceAddress } from "./configuration.ts";
import type { PkiDirectory } from "./pki-directory.ts";

/** What a new certificate is to say. */
export interface Wish {
  readonly commonName: string;
  readonly organizations: readonly string[];
  readonly purposes: CertificateSpec["purposes"];
  readonly altNames: readonly string[];
}

/** The names of this control plane as certificates carry them. */
function controlPlaneNames(configuration: InitConfiguration): ControlPlaneNames {
  const { controlPlaneEndpoint, certSans } = configuration;
  const endpoint = controlPlaneEndpoint.replace(/:\d+$/, "");
  return {
    nodeName: configuration.nodeName,
    advertiseAddress: configuration.advertiseAddress,
    serviceAddress: serviceAddress(configuration.serviceSubnet),
    dnsDomain: configuration.dnsDomain,
    extraNames: [...(endpoint === "" ? [] : [endpoint]), ...certSans],
  };
}

/** What kubeadm's table says of a certificate, for this control plane. */
export function wishOf(spec: CertificateSpec, configuration: InitConfiguration): Wish {
  const names = controlPlaneNames(configuration);
  const { server, peer } = configuration.etcdCertSans;
  const more = spec.name === "etcd-server" ? server : spec.name === "etcd-peer" ? peer : [];
  return {
    commonName: spec.commonName(names),
    organizations: [],
    purposes: spec.purposes,
    altNames: [...(spec.altNames?.(names) ?? []), ...more],
  };
}

/** A new key and a certificate for it. kubeadm's default is RSA; here all new keys are ECDSA P-256. */
export function issuePair(process: Process, authority: Authority, wish: Wish, validityMs: number): Authority {
  const key = generateEcKey(process.random);
  const { now } = process.clock;
  const certificate = issueCertificate(
    authority,
    {
      subject: subjectName(wish.commonName, wish.organizations),
      publicKey: key.publicKey,
      purposes: wish.purposes,
      altNames: wish.altNames,
      notBefore: Math.max(now - BACKDATE_MS, authority.certificate.notBefore),
      notAfter: now + validityMs,
    },
    process.random,
  );
  return { certificate, key };
}

/** Writes `base.crt` and `base.key`. */
export function writePair(pki: PkiDirectory, base: string, { certificate, key }: Authority): void {
  pki.writeFile(`${base}.key`, privateKeyToPem(key), 0o600);
  pki.writeFile(`${base}.crt`, certificatePem(certificate), 0o644);
}
