import { StatusError } from "../../../kube/client/status-error.ts";
import type { Task } from "../../../sim/task.ts";
import { completeNames } from "../completion/resources.ts";
import { CommandError } from "../core/failure.ts";
import { fields, textAt } from "../core/fields.ts";
import { flagsFor } from "../core/flag-table.ts";
import type { Kubectl, KubectlCommand } from "../core/kubectl.ts";
import { ResultPrinter } from "../printers/result-printer.ts";
import { nameArgument } from "./generator.ts";

/** kubectl create token */
export const token: KubectlCommand = {
  name: "token",
  use: "SERVICE_ACCOUNT_NAME",
  short: "Request a service account token",
  flags: flagsFor("create token"),
  run: runToken,
  complete: completeNames("serviceaccounts"),
};

function* runToken(kubectl: Kubectl): Task<number> {
  const name = nameArgument(kubectl);
  const duration = kubectl.parsed.number("duration");
  if (duration < 0) throw new CommandError("--duration must be positive");
  const audiences = kubectl.parsed.list("audience");
  const kind = kubectl.flag("bound-object-kind");
  if (kind === "" && kubectl.flag("bound-object-name") !== "") {
    throw new CommandError("--bound-object-name can only be set if --bound-object-kind is provided");
  }
  if (kind !== "" && kubectl.flag("bound-object-name") === "") {
    throw new CommandError("--bound-object-name is required if --bound-object-kind is provided");
  }
  const bound = {
    kind,
    apiVersion: "v1",
    name: kubectl.flag("bound-object-name"),
    uid: kubectl.flag("bound-object-uid"),
  };
  const spec = {
    ...(audiences.length === 0 ? {} : { audiences }),
    ...(duration === 0 ? {} : { expirationSeconds: Math.floor(duration / 1000) }),
    ...(kind === "" ? {} : { boundObjectRef: bound }),
  };
  const body = { kind: "TokenRequest", apiVersion: "authentication.k8s.io/v1", metadata: {}, spec };
  try {
    const path = `/api/v1/namespaces/${kubectl.namespace}/serviceaccounts/${name}/token`;
    const answer = fields(yield* kubectl.request("POST", path, { body }));
    if (kubectl.flag("output") === "") {
      // Only a person gets the line's end.
      const end = kubectl.process.stdout.kind === "terminal" ? "\n" : "";
      yield* kubectl.out(textAt(answer, "status", "token") + end);
    } else yield* new ResultPrinter(kubectl).print(answer, "");
    return 0;
  } catch (error) {
    if (error instanceof StatusError) throw new CommandError(`failed to create token: ${error.message}`);
    throw error;
  }
}
