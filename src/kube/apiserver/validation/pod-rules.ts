import type { Pod } from "../../api/types.generated.ts";
import { fieldErrorBody } from "../status.ts";
import { invalidField, subdomainProblems } from "./names.ts";
import { validatePodSpec } from "./pod-spec.ts";

/** What the API would find wrong with a pod that somebody else takes in: the kubelet links the same rules. */
export function podRules({ metadata, spec }: Pod): readonly string[] {
  const errors = [
    ...invalidField("metadata.name", metadata.name, subdomainProblems(metadata.name ?? "")),
    ...validatePodSpec(spec, "spec"),
  ];
  return errors.map((error) => `${error.field}: ${fieldErrorBody(error)}`);
}
