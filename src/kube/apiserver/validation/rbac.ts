import type { ClusterRole, PolicyRule, Role } from "../../api/types.generated.ts";
import type { FieldError } from "../status.ts";
import { invalidValue, required } from "./names.ts";

/** ValidateRole: rules of a namespace know no URLs. */
export function validateRole({ rules }: Role): FieldError[] {
  return ruleErrors(rules ?? [], true);
}

/** ValidateClusterRole. */
export function validateClusterRole({ rules }: ClusterRole): FieldError[] {
  return ruleErrors(rules ?? [], false);
}

function ruleErrors(rules: readonly PolicyRule[], namespaced: boolean): FieldError[] {
  return rules.flatMap((rule, index) => {
    const field = `rules[${index}]`;
    const errors: FieldError[] = [];
    const urls = rule.nonResourceURLs ?? [];
    const groups = rule.apiGroups ?? [];
    const resources = rule.resources ?? [];
    const names = rule.resourceNames ?? [];
    if ((rule.verbs ?? []).length === 0)
      errors.push(required(`${field}.verbs`, "verbs must contain at least one value"));
    if (urls.length > 0) {
      if (namespaced)
        errors.push(
          invalidValue(`${field}.nonResourceURLs`, urls, "namespaced rules cannot apply to non-resource URLs"),
        );
      if (groups.length > 0 || resources.length > 0 || names.length > 0) {
        const detail = "rules cannot apply to both regular resources and non-resource URLs";
        errors.push(invalidValue(`${field}.nonResourceURLs`, urls, detail));
      }
      return errors;
    }
    if (groups.length === 0)
      errors.push(required(`${field}.apiGroups`, "resource rules must supply at least one api group"));
    if (resources.length === 0)
      errors.push(required(`${field}.resources`, "resource rules must supply at least one resource"));
    return errors;
  });
}
