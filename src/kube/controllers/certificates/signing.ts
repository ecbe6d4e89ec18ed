import { base64, fromBase64, text, utf8 } from "../../../base/bytes.ts";
import { rfc3339 } from "../../../base/rfc3339.ts";
import { requestFromPem } from "../../../pki/certificate-request.ts";
import { DerError } from "../../../pki/der.ts";
import { CERTIFICATE_LIFETIME_MS } from "../../../pki/kubeadm/authority.ts";
import { signKubernetesRequest } from "../../../pki/kubeadm/sign-request.ts";
import { encodePem } from "../../../pki/pem.ts";
import type { Task } from "../../../sim/task.ts";
import { timeOrZero } from "../../api/time.ts";
import type { CertificateSigningRequest } from "../../api/types.generated.ts";
import { CERTIFICATE_SIGNING_REQUESTS } from "../../client/resources.ts";
import { isNotFound } from "../../client/status-error.ts";
import { type ControllerContext, type ControllerDefinition, newQueue, runWorkers } from "../controller.ts";
import { signerProblem } from "./signer-rules.ts";

const MIN_SECONDS = 600;

/** Signs approved requests of Kubernetes' own signers with the cluster's CA. Mirrors pkg/controller/certificates/signer. */
export const certificateSigner: ControllerDefinition = {
  name: "certificatesigningrequest-signing-controller",
  serviceAccount: "certificate-controller",
  start(context) {
    const requests = context.informer(CERTIFICATE_SIGNING_REQUESTS);
    const queue = newQueue(context);
    requests.onChange(({ key, object }) => {
      if (object !== undefined) queue.add(key);
    });
    const reconcile = function* (key: string): Task<void> {
      const request = requests.get(key);
      if (request !== undefined && waitsForSigner(request)) yield* sign(context, request);
    };
    runWorkers(context, "certificate-signing", queue, reconcile, [requests], 1);
  },
};

function has(request: CertificateSigningRequest, type: string): boolean {
  return (request.status?.conditions ?? []).some((condition) => condition.type === type);
}

function waitsForSigner(request: CertificateSigningRequest): boolean {
  if (request.status?.certificate || !has(request, "Approved")) return false;
  return !has(request, "Denied") && !has(request, "Failed");
}

function* sign(context: ControllerContext, object: CertificateSigningRequest): Task<void> {
  const authority = context.options.signingAuthority();
  const signer = object.spec.signerName;
  if (authority === undefined || !signer.startsWith("kubernetes.io/")) return;
  const request = readRequest(object.spec.request);
  if (request === undefined) throw new Error("unable to parse csr: PEM block type must be CERTIFICATE REQUEST");
  const problem = signerProblem(signer, request, object.spec.usages ?? []);
  if (problem === "another's") return;
  if (problem !== undefined) {
    yield* write(context, { ...object, status: { ...object.status, conditions: failed(context, object, problem) } });
    return;
  }
  const seconds = object.spec.expirationSeconds;
  const wanted = seconds == null ? CERTIFICATE_LIFETIME_MS : Math.max(seconds, MIN_SECONDS) * 1000;
  const certificate = signKubernetesRequest(authority, request, {
    usages: object.spec.usages ?? [],
    now: context.clock.now,
    lifetimeMs: Math.min(wanted, CERTIFICATE_LIFETIME_MS),
    random: context.random,
  });
  const encoded = base64(utf8(encodePem("CERTIFICATE", certificate.der)));
  yield* write(context, { ...object, status: { ...object.status, certificate: encoded } });
}

function readRequest(encoded: string) {
  const decoded = fromBase64(encoded);
  try {
    return "bytes" in decoded ? requestFromPem(text(decoded.bytes)) : undefined;
  } catch (error) {
    if (!(error instanceof DerError)) throw error;
    return undefined;
  }
}

function failed(context: ControllerContext, object: CertificateSigningRequest, message: string) {
  const now = rfc3339(context.clock.now);
  const condition = {
    type: "Failed",
    status: "True",
    reason: "SignerValidationFailure",
    message,
    lastUpdateTime: now,
    lastTransitionTime: now,
  };
  return [...(object.status?.conditions ?? []), condition];
}

function* write(context: ControllerContext, object: CertificateSigningRequest): Task<void> {
  try {
    yield* context.client.update(CERTIFICATE_SIGNING_REQUESTS, object, "status");
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
}

const HOUR_MS = 3_600_000;
const POLL_MS = HOUR_MS;
const PENDING_MS = 24 * HOUR_MS;

/** Deletes requests that nobody needs any more: judged ones after an hour, others after a day. */
export const certificateCleaner: ControllerDefinition = {
  name: "certificatesigningrequest-cleaner-controller",
  serviceAccount: "certificate-controller",
  start(context) {
    const requests = context.informer(CERTIFICATE_SIGNING_REQUESTS);
    const queue = newQueue(context);
    requests.onChange(({ key, object }) => {
      if (object !== undefined) queue.add(key);
    });
    const reconcile = function* (key: string): Task<void> {
      const request = requests.get(key);
      if (request === undefined) return;
      if (!isStale(request, context.clock.now)) {
        queue.addAfter(key, POLL_MS);
        return;
      }
      try {
        yield* context.client.delete(CERTIFICATE_SIGNING_REQUESTS, "", key);
      } catch (error) {
        if (!isNotFound(error)) throw error;
      }
    };
    runWorkers(context, "certificate-cleaner", queue, reconcile, [requests], 1);
  },
};

function isStale(request: CertificateSigningRequest, now: number): boolean {
  const conditions = request.status?.conditions ?? [];
  const since = (time: string | null | undefined) => now - timeOrZero(time);
  if (conditions.some(({ lastUpdateTime }) => since(lastUpdateTime) > HOUR_MS)) return true;
  return conditions.length === 0 && since(request.metadata.creationTimestamp) > PENDING_MS;
}
