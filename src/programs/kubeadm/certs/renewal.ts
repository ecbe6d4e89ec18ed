import type { Certificate } from "../../../pki/certificate.ts";
import { AUTHORITIES, type AuthorityName, CERTIFICATES, KUBECONFIGS } from "../../../pki/kubeadm/certificate-table.ts";
import { PURPOSE_OIDS } from "../../../pki/oid.ts";
import { type InitConfiguration, KUBERNETES_DIR } from "../configuration.ts";
import { fileErrors, type KubeadmContext, KubeadmError } from "../context.ts";
import { isExternal, usingExternalAuthority } from "../external-authority.ts";
import { issuePair, type Wish, writePair } from "../issue.ts";
import { readCurrentContext, withCredentials } from "../kubeconfig-file.ts";
import { PkiDirectory, within } from "../pki-directory.ts";

/** A certificate that kubeadm can renew: in files of its own, or in a kubeconfig. */
export interface Renewable {
  readonly name: string;
  readonly longName: string;
  readonly authority: AuthorityName;
  /** `etcd/ca`. */
  readonly authorityFile: string;
  /** Undefined for kubeconfigs. */
  readonly file: string | undefined;
}

/** All that can be renewed, in the order of their names (phases/certs/renewal manager.go). */
export const RENEWABLES: readonly Renewable[] = [
  ...CERTIFICATES.map(({ name, longName, authority, file }) => ({ name, longName, authority, file })),
  ...KUBECONFIGS.filter(({ name }) => name !== "kubelet.conf").map(({ name, longName }) => ({
    name,
    longName,
    authority: "ca" as const,
    file: undefined,
  })),
]
  .map((each) => ({ ...each, authorityFile: AUTHORITIES.find(({ name }) => name === each.authority)?.file ?? "" }))
  .sort((a, b) => (a.name < b.name ? -1 : 1));

/** Looks at a node's certificates and renews them. */
export class RenewalManager {
  readonly pki: PkiDirectory;
  private readonly context: KubeadmContext;
  private readonly configuration: InitConfiguration;

  constructor(context: KubeadmContext, configuration: InitConfiguration) {
    this.context = context;
    this.configuration = configuration;
    this.pki = new PkiDirectory(context.process.fs, configuration.certificatesDir);
  }

  exists(renewable: Renewable): boolean {
    if (renewable.file === undefined) return this.context.process.fs.exists(this.kubeconfig(renewable));
    return this.context.process.fs.exists(`${this.pki.path}/${renewable.file}.crt`);
  }

  /** The certificate as it is. Throws `KubeadmError`. */
  read(renewable: Renewable): Certificate {
    const start = `failed to load existing certificate ${renewable.name}`;
    const { file } = renewable;
    if (file !== undefined) return within(start, () => this.pki.certificate(file));
    const path = this.kubeconfig(renewable);
    const { certificate, user } = within(start, () => readCurrentContext(this.context.process.fs, path));
    if (certificate !== undefined) return certificate;
    throw new KubeadmError(
      `the kubeConfig file ${JSON.stringify(path)} does not have an embedded client certificate of user ${user}`,
    );
  }

  /** Whether the CA's key is kept elsewhere. Throws `KubeadmError` when it is and something is amiss. */
  isExternallyManaged(authority: AuthorityName): boolean {
    if (authority === "etcd-ca") return false;
    if (!isExternal(this.pki, authority)) return false;
    return within(`Error checking external CA condition for ${authority} certificate authority`, () =>
      usingExternalAuthority(this.pki, authority),
    );
  }

  /** Issues the certificate anew with the names it has. False: its CA is external. Throws `KubeadmError`. */
  renew(renewable: Renewable): boolean {
    const existing = this.read(renewable);
    if (this.isExternallyManaged(renewable.authority)) return false;
    const authority = this.pki.authority(renewable.authorityFile);
    const { process } = this.context;
    const pair = issuePair(process, authority, wishOf(existing), this.configuration.certificateValidityMs);
    if (renewable.file !== undefined) {
      writePair(this.pki, renewable.file, pair);
      return true;
    }
    const path = this.kubeconfig(renewable);
    fileErrors(`failed to write kubeconfig file ${path}: `, "open", () => {
      const content = process.fs.readText(path);
      const { user } = readCurrentContext(process.fs, path);
      process.fs.writeFile(path, withCredentials(content, user, authority.certificate, pair), 0o600);
    });
    return true;
  }

  private kubeconfig({ name }: Renewable): string {
    return `${KUBERNETES_DIR}/${name}`;
  }
}

/** What an existing certificate says of its holder, which its successor says too. */
function wishOf(certificate: Certificate): Wish {
  const known = Object.keys(PURPOSE_OIDS) as (keyof typeof PURPOSE_OIDS)[];
  return {
    commonName: certificate.subject.commonName,
    organizations: certificate.subject.organizations,
    purposes: known.filter((purpose) => certificate.extendedKeyUsage.includes(purpose as never)),
    altNames: [...certificate.dnsNames, ...certificate.ipAddresses],
  };
}
