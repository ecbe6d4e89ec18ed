import { strftime } from "../../base/calendar.ts";
/** `75:EA:CA`. */
export function colonHex(bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte.toString(16).toUpperCase().padStart(2, "0")).join(":");
}

/** Lower-case octets with colons, `perLine` to a line, each line indented. Ends with a newline. */
export function hexLines(bytes: Uint8Array, indent: number, perLine: number): string {
  const pairs = [...bytes].map((byte) => byte.toString(16).padStart(2, "0"));
  let result = "";
  for (let i = 0; i < pairs.length; i += perLine) {
    const more = i + perLine < pairs.length ? ":" : "";
    result += `${" ".repeat(indent)}${pairs.slice(i, i + perLine).join(":")}${more}\n`;
  }
  return result;
}

/** An even number of hex digits. */
export function evenHex(value: bigint): string {
  const digits = value.toString(16);
  return digits.length % 2 === 1 ? `0${digits}` : digits;
}

/** `Nov 16 23:55:00 2026 GMT`, or `2026-11-16 23:55:00Z`. */
export function timeText(ms: number, style: "rfc_822" | "iso_8601" = "rfc_822"): string {
  return strftime(style === "iso_8601" ? "%F %TZ" : "%b %e %T %Y GMT", ms);
}
