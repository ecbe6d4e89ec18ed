import { alignTabs } from "../../../base/table.ts";

/** crictl's tables (cmd/crictl/display.go): columns of at least twenty. */
export function crictlTable(rows: readonly (readonly string[])[]): string {
  return alignTabs(rows.map((row) => `${row.join("\t")}\n`).join(""), { minWidth: 20, padding: 3 });
}

/** IDs are shown by their first 13 digits. */
export function shortId(id: string): string {
  return id.replace(/^sha256:/, "").slice(0, 13);
}

/** `5 seconds ago`, `About a minute ago`, `5 days ago` (docker/go-units HumanDuration). */
export function agoText(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  if (seconds < 1) return "Less than a second ago";
  if (seconds === 1) return "1 second ago";
  if (seconds < 60) return `${seconds} seconds ago`;
  const minutes = Math.floor(seconds / 60);
  if (minutes === 1) return "About a minute ago";
  if (minutes < 60) return `${minutes} minutes ago`;
  const hours = Math.round(seconds / 3600);
  if (hours === 1) return "About an hour ago";
  if (hours < 48) return `${hours} hours ago`;
  if (hours < 24 * 7 * 2) return `${Math.floor(hours / 24)} days ago`;
  if (hours < 24 * 30 * 2) return `${Math.floor(hours / 24 / 7)} weeks ago`;
  if (hours < 24 * 365 * 2) return `${Math.floor(hours / 24 / 30)} months ago`;
  return `${Math.floor(hours / 24 / 365)} years ago`;
}

/** `27.7MB`: three significant digits in powers of 1000 (go-units HumanSizeWithPrecision). */
export function humanSize(bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${Number(value.toPrecision(3))}${units[unit]}`;
}
