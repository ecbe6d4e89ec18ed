import type { Pod } from "./types.generated.ts";

/** Guaranteed, Burstable or BestEffort, from the containers' cpu and memory (pkg/apis/core/v1/helper/qos ComputePodQOS). */
export function qosClass(pod: Pod): string {
  let any = false;
  let guaranteed = true;
  for (const { resources } of [...(pod.spec.containers ?? []), ...(pod.spec.initContainers ?? [])]) {
    for (const name of ["cpu", "memory"]) {
      const limit = nonZero(resources?.limits?.[name]);
      const request = nonZero(resources?.requests?.[name]);
      if (limit !== undefined || request !== undefined) any = true;
      if (limit === undefined || (request !== undefined && request !== limit)) guaranteed = false;
    }
  }
  if (!any) return "BestEffort";
  return guaranteed ? "Guaranteed" : "Burstable";
}

function nonZero(amount: string | undefined): string | undefined {
  return amount === "0" ? undefined : amount;
}
