import type { CertificateRequest } from "../../../pki/certificate-request.ts";

const CLIENT_USAGES = ["digital signature", "key encipherment", "client auth"];
const SERVING_USAGES = ["digital signature", "key encipherment", "server auth"];

/**
 * Why a signer will not sign a request; undefined when it will, `"another's"` when the signer is none of those that
 * kube-controller-manager plays. Mirrors pkg/controller/certificates/signer and apis/certificates/helpers.
 */
export function signerProblem(
  signer: string,
  request: CertificateRequest,
  usages: readonly string[],
): string | "another's" | undefined {
  switch (signer) {
    case "kubernetes.io/kube-apiserver-client":
      return usages.includes("client auth") ? strayUsage(usages, CLIENT_USAGES, "client") : MISSING_CLIENT;
    case "kubernetes.io/kube-apiserver-client-kubelet":
      return nodeProblem(request) ?? (usages.includes("client auth") ? strayKubelet(usages, CLIENT_USAGES) : MISSING);
    case "kubernetes.io/kubelet-serving":
      return nodeProblem(request) ?? (usages.includes("server auth") ? strayKubelet(usages, SERVING_USAGES) : MISSING);
    case "kubernetes.io/legacy-unknown":
      return undefined;
    default:
      return "another's";
  }
}

const MISSING = "usages did not match";
const MISSING_CLIENT = "missing required usage for client certificate: client auth";

function strayUsage(usages: readonly string[], allowed: readonly string[], what: string): string | undefined {
  const stray = usages.find((usage) => !allowed.includes(usage));
  return stray === undefined ? undefined : `invalid usage for ${what} certificate: ${stray}`;
}

function strayKubelet(usages: readonly string[], allowed: readonly string[]): string | undefined {
  return usages.every((usage) => allowed.includes(usage)) ? undefined : MISSING;
}

function nodeProblem({ subject }: CertificateRequest): string | undefined {
  const { organizations, commonName } = subject;
  if (organizations.length !== 1 || organizations[0] !== "system:nodes") {
    return "subject organization is not system:nodes";
  }
  return commonName.startsWith("system:node:") ? undefined : "subject common name does not begin with system:node:";
}
