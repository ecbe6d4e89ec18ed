import { checkSignature } from "../../pki/signature.ts";
import { KubeadmError } from "./context.ts";
import { type PkiDirectory, within } from "./pki-directory.ts";

/** What must be there when the CA can't make it, and how kubeadm speaks of it. */
const NEEDED: Readonly<Record<"ca" | "front-proxy-ca", readonly (readonly [certificate: string, spokenOf: string])[]>> =
  {
    ca: [
      ["apiserver", "API server"],
      ["apiserver-kubelet-client", "API server kubelet client"],
    ],
    "front-proxy-ca": [["front-proxy-client", "front-proxy client"]],
  };

/**
 * Whether a CA is somebody else's: its certificate is there and its key is not. Then what it signs must be there
 * already; throws `KubeadmError` when it is not (phases/certs UsingExternalCA).
 */
export function usingExternalAuthority(pki: PkiDirectory, name: "ca" | "front-proxy-ca"): boolean {
  if (!isExternal(pki, name)) return false;
  const ca = pki.certificate(name);
  for (const [base, spokenOf] of NEEDED[name]) {
    const { certificate } = within(`failure loading certificate for ${spokenOf}`, () => pki.pair(base));
    const fault = checkSignature(certificate, ca.publicKey);
    if (fault !== undefined)
      throw new KubeadmError(`certificate ${spokenOf} is not signed by corresponding CA: ${fault}`);
  }
  return true;
}

/** Whether the CA's certificate can be read and there is no key beside it. */
export function isExternal(pki: PkiDirectory, name: string): boolean {
  if (pki.hasKey(name)) return false;
  try {
    return pki.certificate(name).isCa;
  } catch (error) {
    if (error instanceof KubeadmError) return false;
    throw error;
  }
}
