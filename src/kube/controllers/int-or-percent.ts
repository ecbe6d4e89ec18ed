/** A count or a percentage of `total`, rounded up or down (apimachinery util/intstr.GetScaledValueFromIntOrPercent). */
export function scaled(value: number | string | undefined, total: number, roundUp: boolean): number {
  if (value === undefined) return 0;
  if (typeof value === "number") return value;
  const percent = Number.parseInt(value, 10);
  if (!value.endsWith("%") || Number.isNaN(percent)) return Number.isNaN(percent) ? 0 : percent;
  const exact = (percent * total) / 100;
  return roundUp ? Math.ceil(exact) : Math.floor(exact);
}
