import type { Fields } from "../../api/decode.ts";
import { equalValues } from "../../api/equal.ts";
import { qosClass } from "../../api/qos.ts";
import type { Pod } from "../../api/types.generated.ts";
import type { Draft } from "../defaults/draft.ts";
import { strategyOf } from "../registry/kind.ts";
import type { FieldError } from "../status.ts";
import { validateEphemeralContainers } from "../validation/ephemeral.ts";
import { forbiddenField, invalidValue } from "../validation/names.ts";
import { validatePodSpec } from "../validation/pod-spec.ts";

/** Mirrors pkg/registry/core/pod/strategy.go. */
export const POD_STRATEGY = strategyOf<Pod>({
  status: true,
  generation: true,
  prepareForCreate(pod) {
    pod.status = { phase: "Pending", qosClass: qosClass(pod as Pod) };
    const gated = (pod.spec.schedulingGates ?? []).length > 0;
    if (gated) {
      pod.status.conditions = [
        {
          type: "PodScheduled",
          status: "False",
          reason: "SchedulingGated",
          message: "Scheduling is blocked due to non-empty scheduling gates",
        },
      ];
    }
  },
  prepareForUpdate(draft, old, { subresource }) {
    // what is put back is shared with the old object, and only replaced from here on
    const pod: { -readonly [Field in keyof Pod]: Pod[Field] } = draft;
    pod.status = old.status;
    if (subresource === "resize") pod.spec = resizedSpec(pod, old);
    if (subresource === "ephemeralcontainers")
      pod.spec = { ...old.spec, ephemeralContainers: pod.spec.ephemeralContainers };
  },
  prepareForStatus(pod, old) {
    const before = old as Draft<Pod>;
    const { ownerReferences } = before.metadata;
    pod.spec = before.spec;
    pod.metadata.deletionTimestamp = before.metadata.deletionTimestamp;
    if (ownerReferences !== undefined) pod.metadata.ownerReferences = ownerReferences;
    if (before.status?.qosClass) {
      pod.status ??= {};
      pod.status.qosClass = before.status.qosClass;
    }
  },
  validate: ({ spec }) => validatePodSpec(spec, "spec"),
  validateUpdate(pod, before, subresource) {
    if (subresource === "resize") return validateResize(pod, before);
    return subresource === "ephemeralcontainers" ? validateEphemeral(pod, before) : validatePodUpdate(pod, before);
  },
  gracePeriod(pod, asked) {
    const phase = pod.status?.phase;
    if (!pod.spec.nodeName || phase === "Failed" || phase === "Succeeded") return 0;
    const period = asked ?? pod.spec.terminationGracePeriodSeconds ?? 0;
    return period < 0 ? 1 : period;
  },
});

const UPDATE_TEXT =
  "pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)";

/** The old spec with the new amounts of its containers: `resize` is for nothing else. */
function resizedSpec(pod: Pod, before: Pod): Pod["spec"] {
  const resized = (list: Pod["spec"]["containers"] | undefined, old: Pod["spec"]["containers"] | undefined) =>
    old?.map((container) => {
      const wanted = list?.find(({ name }) => name === container.name);
      if (wanted === undefined) return container;
      const { resources: _old, ...rest } = container;
      return wanted.resources === undefined ? rest : { ...rest, resources: wanted.resources };
    });
  const initContainers = resized(pod.spec.initContainers, before.spec.initContainers);
  return {
    ...before.spec,
    containers: resized(pod.spec.containers, before.spec.containers) ?? before.spec.containers,
    ...(initContainers === undefined ? {} : { initContainers }),
  };
}

function validateResize(pod: Pod, before: Pod): FieldError[] {
  if (qosClass(pod) === qosClass(before)) return [];
  return [invalidValue("spec", qosClass(pod), "Pod QOS Class may not change as a result of resizing")];
}

/** Ephemeral containers are added, never changed or removed (ValidatePodEphemeralContainersUpdate). */
function validateEphemeral(pod: Pod, before: Pod): FieldError[] {
  const now = new Map((pod.spec.ephemeralContainers ?? []).map((one) => [one.name, one]));
  const field = "spec.ephemeralContainers";
  const kept = (before.spec.ephemeralContainers ?? []).flatMap((old) => {
    const same = now.get(old.name);
    if (same === undefined)
      return [forbiddenField(field, `existing ephemeral containers ${JSON.stringify(old.name)} may not be removed\n`)];
    if (equalValues(same, old)) return [];
    return [forbiddenField(field, `existing ephemeral containers ${JSON.stringify(old.name)} may not be changed\n`)];
  });
  return [...validateEphemeralContainers(pod.spec, field), ...kept];
}

function validatePodUpdate(pod: Pod, before: Pod): FieldError[] {
  const neutral = neutralSpec(pod, before);
  if (equalValues(neutral, before.spec)) return [];
  return [forbiddenField("spec", `${UPDATE_TEXT}\n${specDiff(before.spec as unknown as Fields, neutral)}`)];
}

/** The new spec with everything that may change put back. */
function neutralSpec(pod: Pod, before: Pod): Fields {
  const images = <T extends { readonly name: string; readonly image?: string | undefined }>(
    list: readonly T[] | undefined,
    old: readonly T[] | undefined,
  ) =>
    list?.map((container, index) => {
      const { image: _dropped, ...rest } = container;
      const image = old?.[index]?.image;
      return image === undefined ? rest : { ...rest, image };
    });
  const spec: Fields = { ...(pod.spec as unknown as Fields) };
  spec["containers"] = images(pod.spec.containers, before.spec.containers);
  if (pod.spec.initContainers !== undefined)
    spec["initContainers"] = images(pod.spec.initContainers, before.spec.initContainers);
  for (const key of ["activeDeadlineSeconds", "schedulingGates"] as const) put(spec, key, before.spec[key]);
  const kept = (before.spec.tolerations ?? []).every((one) =>
    pod.spec.tolerations?.some((other) => equalValues(one, other)),
  );
  if (kept) put(spec, "tolerations", before.spec.tolerations);
  if ((before.spec.terminationGracePeriodSeconds ?? 0) < 0)
    put(spec, "terminationGracePeriodSeconds", before.spec.terminationGracePeriodSeconds);
  return spec;
}

function put(spec: Fields, key: string, value: unknown): void {
  if (value === undefined) delete spec[key];
  else spec[key] = value;
}

/** The fields that differ, in the form of a go-cmp report. */
function specDiff(before: Fields, after: Fields): string {
  const lines = ["  core.PodSpec{"];
  for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
    if (equalValues(before[key], after[key])) continue;
    const name = key.charAt(0).toUpperCase() + key.slice(1);
    lines.push(
      `- \t${name}: ${JSON.stringify(before[key]) ?? "nil"},`,
      `+ \t${name}: ${JSON.stringify(after[key]) ?? "nil"},`,
    );
  }
  return `${lines.join("\n")}\n  }\n`;
}
