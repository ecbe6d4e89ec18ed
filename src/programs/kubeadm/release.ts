import { text } from "../../base/bytes.ts";
import { RestClient } from "../../kube/client/rest.ts";
import { ConnectionError } from "../../kube/client/status-error.ts";
import type { Task } from "../../sim/task.ts";
import { type KubeadmContext, KubeadmError, warn } from "./context.ts";

const SERVER = "https://dl.k8s.io";
const RELEASE = /^v?(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)([-\w.+]*)?$/;
const LABEL = /^(latest|stable)+(-[1-9](\.[1-9]([0-9])?)?)?$/;

export function isRelease(version: string): boolean {
  return RELEASE.test(version);
}

/**
 * The release that `version` means (`1.35.2`, `v1.35.2`, `stable-1`): labels are asked for in the internet, and where it
 * does not answer, kubeadm's own release is taken (util/version.go). Throws `KubeadmError`.
 */
export function* releaseOf(context: KubeadmContext, version: string): Task<string> {
  if (isRelease(version)) return version.startsWith("v") ? version : `v${version}`;
  const [, folder = "release/", label = ""] = /^((?:ci|release)\/)?([-\w.+]+)$/.exec(version) ?? [];
  if (!LABEL.test(label))
    throw new KubeadmError(
      `version ${JSON.stringify(version)} doesn't match patterns for neither semantic version nor labels (stable, latest, ...)`,
    );
  const answer = yield* fetchLabel(context, `/${folder}${label}.txt`);
  if ("release" in answer) return answer.release;
  const { gitVersion } = context.build;
  yield* warn(context, "version.go:108", `could not fetch a Kubernetes version from the internet: ${answer.error}`);
  yield* warn(context, "version.go:109", `falling back to the local client version: ${gitVersion}`);
  return gitVersion;
}

function* fetchLabel(
  { process }: KubeadmContext,
  path: string,
): Task<{ readonly release: string } | { readonly error: string }> {
  const { net, clock, fs } = process;
  const client = new RestClient({ net, clock, fs }, { server: SERVER });
  const url = JSON.stringify(`${SERVER}${path}`);
  try {
    const { status, body } = yield* client.exchange({ method: "GET", path });
    if (status !== 200) return { error: `unable to fetch file. URL: ${url}, status: ${status}` };
    const release = body.kind === "bytes" ? text(body.bytes).trim() : "";
    return isRelease(release) ? { release } : { error: `unable to parse ${JSON.stringify(release)} of URL ${url}` };
  } catch (error) {
    if (error instanceof ConnectionError) return { error: `unable to get URL ${url}: ${error.message}` };
    throw error;
  } finally {
    client.close();
  }
}
