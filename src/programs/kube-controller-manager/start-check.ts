import type { DaemonFlags } from "../../kube/client/daemon-flags.ts";
import type { Process } from "../../machine/process.ts";
import { parseCertificates } from "../../pki/certificate-parser.ts";
import { DerError } from "../../pki/der.ts";
import { privateKeyFromPem } from "../../pki/private-key.ts";
import { FsError, goFsError } from "../../vfs/file-system.ts";

/** A controller that can't be started, with which none is. */
export interface StartFault {
  readonly controller: string;
  readonly text: string;
}

/** What of the files that controllers need when they start is lacking; undefined if nothing is. */
export function startFault(process: Process, flags: DaemonFlags): StartFault | undefined {
  return tokenFault(process, flags) ?? signingFault(process, flags);
}

function tokenFault(process: Process, flags: DaemonFlags): StartFault | undefined {
  const controller = "serviceaccount-token-controller";
  const keyFile = flags.text("service-account-private-key-file");
  if (keyFile === "") return undefined;
  const key = keyProblem(process, keyFile);
  if (key !== undefined) return { controller, text: `error reading key for service account token controller: ${key}` };
  const rootCa = flags.text("root-ca-file");
  const problem = rootCa === "" ? undefined : certificateProblem(process, rootCa);
  return problem === undefined
    ? undefined
    : { controller, text: `error parsing root-ca-file at ${rootCa}: ${problem}` };
}

function signingFault(process: Process, flags: DaemonFlags): StartFault | undefined {
  const certFile = flags.text("cluster-signing-cert-file");
  const keyFile = flags.text("cluster-signing-key-file");
  if (certFile === "" || keyFile === "") return undefined;
  const problem = certificateProblem(process, certFile) ?? keyProblem(process, keyFile);
  if (problem === undefined) return undefined;
  return {
    controller: "certificatesigningrequest-signing-controller",
    text: `failed to start kubernetes.io/kubelet-serving certificate controller: error reading CA cert file ${JSON.stringify(certFile)}: ${problem}`,
  };
}

function keyProblem(process: Process, path: string): string | undefined {
  return problem(() => {
    if (privateKeyFromPem(process.fs.readText(path)) !== undefined) return undefined;
    return `error reading private key file ${path}: data does not contain a valid RSA or ECDSA private key`;
  });
}

function certificateProblem(process: Process, path: string): string | undefined {
  return problem(() => {
    if (parseCertificates(process.fs.readText(path)).length > 0) return undefined;
    return "data does not contain any valid RSA or ECDSA certificates";
  });
}

function problem(look: () => string | undefined): string | undefined {
  try {
    return look();
  } catch (error) {
    if (error instanceof FsError) return goFsError("open", error);
    if (error instanceof DerError) return error.message;
    throw error;
  }
}
