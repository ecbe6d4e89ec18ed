import type { Task } from "../../../sim/task.ts";
import type { PolicyRule } from "../../api/types.generated.ts";
import { sameJson } from "../../client/json-value.ts";
import { selects } from "../../client/label-selector.ts";
import { CLUSTER_ROLES } from "../../client/resources.ts";
import { type ControllerDefinition, newQueue, runWorkers } from "../controller.ts";

/** Fills ClusterRoles that are put together from others. */
export const clusterRoleAggregation: ControllerDefinition = {
  name: "clusterrole-aggregation-controller",
  serviceAccount: "clusterrole-aggregation-controller",
  start(context) {
    const roles = context.informer(CLUSTER_ROLES);
    const queue = newQueue(context);
    roles.onChange(() => {
      for (const role of roles.values()) if (role.aggregationRule !== undefined) queue.add(role.metadata.name ?? "");
    });
    const reconcile = function* (name: string): Task<void> {
      const role = roles.get(name);
      if (role?.aggregationRule === undefined) return;
      const rules: PolicyRule[] = [];
      const sources = [...roles.values()].sort((a, b) => ((a.metadata.name ?? "") < (b.metadata.name ?? "") ? -1 : 1));
      for (const selector of role.aggregationRule.clusterRoleSelectors ?? []) {
        for (const source of sources) {
          if (source.metadata.name === name || !selects(selector, source.metadata.labels)) continue;
          for (const rule of source.rules ?? []) if (!rules.some((known) => sameJson(known, rule))) rules.push(rule);
        }
      }
      if (sameJson(rules, role.rules)) return;
      yield* context.client.update(CLUSTER_ROLES, { ...role, rules });
    };
    runWorkers(context, "clusterrole-aggregation", queue, reconcile, [roles], 1);
  },
};
