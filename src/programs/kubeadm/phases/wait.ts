import { ConnectionError } from "../../../kube/client/status-error.ts";
import { certificatePem } from "../../../pki/kubeadm/files.ts";
import { sleep, type Task } from "../../../sim/task.ts";
import { apiErrors, clusterClient } from "../cluster-client.ts";
import { createOrUpdate, filledObjects } from "../cluster-objects.ts";
import { MANIFEST_DIR } from "../configuration.ts";
import { KubeadmError, print } from "../context.ts";
import { FLAG } from "../flags.ts";
import type { InitPhase, InitRun } from "./init-run.ts";

const LIMIT_MS = 240_000;
const POLL_MS = 500;
const ADMIN_COMPLAINT =
  "could not bootstrap the admin user in file admin.conf: unable to create the kubeadm:cluster-admins ClusterRoleBinding by using super-admin.conf";

/** `init phase wait-control-plane` (cmd/phases/init/waitcontrolplane.go). */
export const waitPhase: InitPhase = {
  name: "wait-control-plane",
  short: "Wait for the control plane to start",
  flags: [FLAG.config, FLAG.kubeconfig],
  run: waitForControlPlane,
};

function* waitForControlPlane(run: InitRun): Task<void> {
  const { context, configuration } = run;
  const { clock } = context.process;
  const begun = clock.uptime;
  yield* print(
    context,
    `[wait-control-plane] Waiting for the kubelet to boot up the control plane as static Pods from directory ${JSON.stringify(MANIFEST_DIR)}\n[control-plane-check] Waiting for healthy control plane components. This can take up to 4m0s\n`,
  );
  const url = `https://${configuration.advertiseAddress}:${configuration.bindPort}/livez`;
  yield* print(context, `[control-plane-check] Checking kube-apiserver at ${url}\n`);
  const client = clusterClient(context, `${run.kubeconfigDir}/super-admin.conf`);
  for (;;) {
    try {
      const answer = yield* client.rest.exchange({ method: "GET", path: "/livez" });
      if (answer.status === 200) break;
    } catch (error) {
      if (!(error instanceof ConnectionError)) throw error;
    }
    if (clock.uptime - begun > LIMIT_MS) {
      yield* print(context, `[control-plane-check] kube-apiserver is not healthy after 4m0s\n`);
      throw new KubeadmError(
        `failed while waiting for the control plane to start: kube-apiserver check failed at ${url}: context deadline exceeded`,
      );
    }
    yield* sleep(clock, POLL_MS);
  }
  const took = ((clock.uptime - begun) / 1000).toFixed(6).replace(/0+$/, "").replace(/\.$/, "");
  yield* print(context, `[control-plane-check] kube-apiserver is healthy after ${took}s\n`);
  // The administrators' group gets its role from the one who needs none (EnsureAdminClusterRoleBinding).
  const objects = filledObjects(context.build.objects, { caPem: certificatePem(run.pki.certificate("ca")) });
  for (const object of objects)
    if (object.metadata.name === "kubeadm:cluster-admins")
      yield* apiErrors(ADMIN_COMPLAINT, createOrUpdate(client, object));
  client.rest.close();
}
