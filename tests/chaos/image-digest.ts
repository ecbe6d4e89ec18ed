import { createHash } from "node:crypto";
import type { SandboxImage } from "../../src/sandbox/sandbox.ts";

/** Equal for equal images; comparing megabytes item by item takes minutes. */
export function imageDigest(image: SandboxImage): string {
  return sha256(JSON.stringify(image, plain));
}

/** The path of the first place where two images differ, with both values. */
export function imageDifference(a: unknown, b: unknown, path = ""): string | undefined {
  if (Object.is(a, b)) return undefined;
  const containers = typeof a === "object" && a !== null && typeof b === "object" && b !== null;
  if (!containers || a instanceof Uint8Array || b instanceof Uint8Array) {
    const [left, right] = [JSON.stringify(plain("", a)), JSON.stringify(plain("", b))];
    return left === right ? undefined : `${path}: ${left} and ${right}`;
  }
  const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
  for (const key of keys) {
    const [left, right] = [a, b].map((each) => (each as Record<string, unknown>)[key]);
    const difference = imageDifference(left, right, `${path}/${key}`);
    if (difference !== undefined) return difference;
  }
  return undefined;
}

function plain(_key: string, value: unknown): unknown {
  if (typeof value === "bigint") return `${value}n`;
  return value instanceof Uint8Array ? sha256(value) : value;
}

function sha256(bytes: Uint8Array | string): string {
  return createHash("sha256").update(bytes).digest("hex");
}
