import { base64, utf8 } from "../../base/bytes.ts";

/** How a kubeconfig's user proves who it is: PEM inside the file, or paths of files that are rotated. */
export type KubeconfigCredentials =
  | { readonly kind: "data"; readonly certificatePem: string; readonly keyPem: string }
  | { readonly kind: "files"; readonly certificatePath: string; readonly keyPath: string };

/** The text of a kubeconfig with one cluster, user and context, as kubeadm writes it. */
export function kubeconfigText(options: {
  readonly clusterName: string;
  /** For example `https://10.0.1.10:6443`. */
  readonly server: string;
  readonly caPem: string;
  readonly user: string;
  readonly credentials: KubeconfigCredentials;
}): string {
  const { clusterName, server, caPem, user, credentials } = options;
  const context = `${user}@${clusterName}`;
  const data = (pem: string) => base64(utf8(pem));
  const [certificate, key] =
    credentials.kind === "data"
      ? [`client-certificate-data: ${data(credentials.certificatePem)}`, `client-key-data: ${data(credentials.keyPem)}`]
      : [`client-certificate: ${credentials.certificatePath}`, `client-key: ${credentials.keyPath}`];
  return `apiVersion: v1
clusters:
- cluster:
    certificate-authority-data: ${data(caPem)}
    server: ${server}
  name: ${clusterName}
contexts:
- context:
    cluster: ${clusterName}
    user: ${user}
  name: ${context}
current-context: ${context}
kind: Config
users:
- name: ${user}
  user:
    ${certificate}
    ${key}
`;
}
