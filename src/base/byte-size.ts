const UNITS = ["B", "kB", "MB", "GB", "TB", "PB", "EB"] as const;

/** Octets as go-humanize's Bytes prints them: `20 kB`, `1.0 MB`, `2.1 GB`. */
export function humanBytes(octets: number): string {
  if (octets < 10) return `${octets} B`;
  const step = Math.min(UNITS.length - 1, Math.floor(Math.log(octets) / Math.log(1000) + 1e-12));
  const value = Math.floor((octets / 1000 ** step) * 10 + 0.5) / 10;
  return `${value < 10 ? value.toFixed(1) : value.toFixed(0)} ${UNITS[step] ?? "B"}`;
}
