import { quantityMilliValue, quantityValue } from "../api/quantity.ts";
import type { Container, Pod } from "../api/types.generated.ts";

/** Amounts by resource: cpu in thousandths, the others whole. */
export type Amounts = Readonly<Record<string, number>>;

/** A quantity as this module counts it. */
export function amount(resource: string, quantity: string): number {
  return resource === "cpu" ? quantityMilliValue(quantity) : quantityValue(quantity);
}

const cache = new WeakMap<Pod, Amounts>();

/**
 * What a pod asks for: its containers together or its largest init container, whichever is more, sidecars counted to
 * both, and its overhead. Mirrors component-helpers resource.PodRequests.
 */
export function podRequests(pod: Pod): Amounts {
  const known = cache.get(pod);
  if (known !== undefined) return known;
  const total: Record<string, number> = {};
  for (const container of pod.spec.containers) add(total, requests(container));
  const sidecars: Record<string, number> = {};
  const most: Record<string, number> = {};
  for (const container of pod.spec.initContainers ?? []) {
    const own = requests(container);
    if (container.restartPolicy === "Always") {
      add(total, own);
      add(sidecars, own);
      raise(most, sidecars);
    } else raise(most, sum(sidecars, own));
  }
  raise(total, most);
  add(total, parsed(pod.spec.overhead));
  cache.set(pod, total);
  return total;
}

function requests(container: Container): Amounts {
  return parsed(container.resources?.requests);
}

function parsed(quantities: Readonly<Record<string, string>> | undefined): Amounts {
  const amounts: Record<string, number> = {};
  for (const name in quantities) amounts[name] = amount(name, quantities[name] ?? "0");
  return amounts;
}

function add(to: Record<string, number>, amounts: Amounts): void {
  for (const name in amounts) to[name] = (to[name] ?? 0) + (amounts[name] ?? 0);
}

function sum(a: Amounts, b: Amounts): Amounts {
  const total = { ...a };
  add(total, b);
  return total;
}

function raise(to: Record<string, number>, amounts: Amounts): void {
  for (const name in amounts) to[name] = Math.max(to[name] ?? 0, amounts[name] ?? 0);
}
