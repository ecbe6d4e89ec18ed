import type { ParsedFlags } from "../../../base/cli/flag-set.ts";
import type { Task } from "../../../sim/task.ts";
import { type KubeadmContext, print } from "../context.ts";
import { certificateConfiguration } from "./configuration.ts";
import { RENEWABLES, type Renewable, RenewalManager } from "./renewal.ts";

/** `certs renew NAME`. */
export function* runRenew(context: KubeadmContext, parsed: ParsedFlags, renewable: Renewable): Task<number> {
  const configuration = yield* certificateConfiguration(context, parsed, "renew");
  yield* renewOne(context, new RenewalManager(context, configuration), renewable);
  return 0;
}

/** `certs renew all`. */
export function* runRenewAll(context: KubeadmContext, parsed: ParsedFlags): Task<number> {
  const manager = new RenewalManager(context, yield* certificateConfiguration(context, parsed, "renew"));
  for (const renewable of RENEWABLES) yield* renewOne(context, manager, renewable);
  yield* print(
    context,
    "\nDone renewing certificates. You must restart the kube-apiserver, kube-controller-manager, kube-scheduler and etcd, so that they can use the new certificates.\n",
  );
  return 0;
}

function* renewOne(context: KubeadmContext, manager: RenewalManager, renewable: Renewable): Task<void> {
  const { longName, authorityFile } = renewable;
  if (!manager.exists(renewable)) yield* print(context, `MISSING! ${longName}\n`);
  else if (manager.renew(renewable)) yield* print(context, `${longName} renewed\n`);
  else yield* print(context, `Detected external ${authorityFile}, ${longName} can't be renewed\n`);
}
