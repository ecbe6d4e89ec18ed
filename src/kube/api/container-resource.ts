import { quantityMilliValue, quantityValue } from "./quantity.ts";
import type { Container } from "./types.generated.ts";

/**
 * What a container asks for or may use, as the downward API gives it: whole divisors, rounded up
 * (pkg/api/v1/resource ExtractContainerResourceValue). Undefined for a resource that it can't name.
 */
export function containerResource(container: Container, resource: string, divisor = ""): string | undefined {
  const [side, name = ""] = resource.split(/\.(.*)/);
  if (side !== "limits" && side !== "requests") return undefined;
  const amount = container.resources?.[side]?.[name] ?? "0";
  const unit = divisor === "" || quantityMilliValue(divisor) === 0 ? "1" : divisor;
  const value = name === "cpu" ? quantityMilliValue : quantityValue;
  return String(Math.ceil(value(amount) / value(unit)));
}
