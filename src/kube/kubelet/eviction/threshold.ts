import { formatQuantity, parseQuantity, quantityValue } from "../../api/quantity.ts";

/** What the disk is looked at for. Both are on one disk here, as on most nodes. */
export type DiskSignal = "nodefs.available" | "imagefs.available";

/** How much must be free. */
export interface Threshold {
  readonly signal: DiskSignal;
  /** A share of the capacity, or octets. */
  readonly value: { readonly share: number } | { readonly octets: number };
}

/** How much a disk has and how much of it is free, in octets. */
export interface DiskSpace {
  readonly capacityBytes: number;
  readonly freeBytes: number;
}

const DEFAULTS: Readonly<Record<DiskSignal, string>> = { "nodefs.available": "10%", "imagefs.available": "15%" };

/** The thresholds of `evictionHard`; what it leaves out is not looked at, unless it is left out itself. */
export function readThresholds(hard: Readonly<Record<string, unknown>> | undefined): readonly Threshold[] {
  const given = hard ?? DEFAULTS;
  return (Object.keys(DEFAULTS) as DiskSignal[]).flatMap((signal) => {
    const text = given[signal];
    return typeof text === "string" ? parse(signal, text) : [];
  });
}

function parse(signal: DiskSignal, text: string): Threshold[] {
  const percent = /^(\d+(?:\.\d+)?)%$/.exec(text);
  // Upstream keeps the share as a float32.
  if (percent !== null) return [{ signal, value: { share: Math.fround(Number(percent[1]) / 100) } }];
  return parseQuantity(text) === undefined ? [] : [{ signal, value: { octets: quantityValue(text) } }];
}

/** Octets that must be free. */
export function thresholdBytes({ value }: Threshold, { capacityBytes }: DiskSpace): number {
  return "octets" in value ? value.octets : Math.trunc(capacityBytes * value.share);
}

/** Those of `thresholds` under which the disk is. */
export function thresholdsMet(thresholds: readonly Threshold[], space: DiskSpace): readonly Threshold[] {
  return thresholds.filter((threshold) => space.freeBytes < thresholdBytes(threshold, space));
}

/** Octets as a quantity in powers of 1024: `1612Mi`, `2061782251`. */
export function octetsText(octets: number): string {
  const suffixes = ["", "Ki", "Mi", "Gi", "Ti"];
  let value = octets;
  let power = 0;
  while (value !== 0 && value % 1024 === 0 && power < suffixes.length - 1) {
    value /= 1024;
    power++;
  }
  const quantity = parseQuantity(`${value}${suffixes[power]}`);
  return quantity === undefined ? String(octets) : formatQuantity(quantity);
}
