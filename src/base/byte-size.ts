const UNITS = ["B", "kB", "MB", "GB", "TB", "PB", "EB"] as const;

/** Octets as go-humanize's Bytes prints them: `20 kB`, `1.0 MB`, `2.1 GB`. */
export function humanBytes(octets: number): string {
  if (octets < 10) return `${octets} B`;
  const step = Math.min(UNITS.length - 1, Math.floor(Math.log(octets) / Math.log(1000) + 1e-12));
  const value = Math.floor((octets / 1000 ** step) * 10 + 0.5) / 10;
  return `${value < 10 ? value.toFixed(1) : halfToEven(value)} ${UNITS[step] ?? "B"}`;
}

/** `1.5K`, `23M`: powers of 1024, rounded up, one decimal below ten (gnulib human_readable). */
export function humanSize(octets: number): string {
  const units = ["", "K", "M", "G", "T", "P"];
  let value = octets;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  const text = value < 10 && unit > 0 ? (Math.ceil(value * 10) / 10).toFixed(1) : String(Math.ceil(value));
  return `${text}${units[unit]}`;
}

/** Go's %.0f: a half goes to the even neighbour, so 20480 octets are 20 kB. */
function halfToEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  return rest > 0.5 || (rest === 0.5 && floor % 2 === 1) ? floor + 1 : floor;
}
