import { nameOfKey } from "../storage-place.ts";
import { stringIn } from "../stored-value.ts";
import type { ServiceGap } from "./consequences.ts";
import { storedObject } from "./stored-object.ts";

const SLICES = "/registry/endpointslices/";

/** Counts ready endpoints of services by the slices in the store, and notes when a service has none left. */
export class EndpointWatch {
  private readonly slices = new Map<string, { readonly service: string; readonly ready: number }>();
  private readonly gaps: { namespace: string; name: string; from: number; to: number | undefined }[] = [];
  private counts: ReadonlyMap<string, number> = new Map();

  /** Those that had none from the beginning are not among them. */
  get without(): readonly ServiceGap[] {
    return this.gaps;
  }

  get anyOpen(): boolean {
    return this.gaps.some(({ to }) => to === undefined);
  }

  /** What the keys `touched` hold now; `value` is undefined for those that are gone. */
  update(touched: readonly string[], value: (key: string) => Uint8Array | undefined, at: number | undefined): void {
    const keys = touched.filter((key) => key.startsWith(SLICES));
    if (keys.length === 0) return;
    for (const key of keys) this.read(key, value(key));
    const counts = new Map<string, number>();
    for (const { service, ready } of this.slices.values()) counts.set(service, (counts.get(service) ?? 0) + ready);
    if (at !== undefined) this.compare(counts, at);
    this.counts = counts;
  }

  private read(key: string, value: Uint8Array | undefined): void {
    const slice = value === undefined ? undefined : storedObject(value);
    const service = stringIn(slice?.labels["kubernetes.io/service-name"]);
    if (slice === undefined || service === "") this.slices.delete(key);
    else this.slices.set(key, { service: `${nameOfKey(key).namespace}/${service}`, ready: slice.readyEndpoints });
  }

  private compare(counts: ReadonlyMap<string, number>, at: number): void {
    for (const [service, before] of this.counts) {
      const now = counts.get(service) ?? 0;
      const [namespace = "", name = ""] = service.split("/");
      if (before > 0 && now === 0) this.gaps.push({ namespace, name, from: at, to: undefined });
    }
    for (const gap of this.gaps) if ((counts.get(`${gap.namespace}/${gap.name}`) ?? 0) > 0) gap.to ??= at;
  }
}
