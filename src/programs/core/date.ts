import { strftime } from "../../base/calendar.ts";
import { writeText } from "../../machine/file-descriptor.ts";
import { complain, utility } from "./utility.ts";

/** date: shows the time in any form, or sets the clock. */
export const date = utility({
  name: "date",
  usage: "[OPTION]... [+FORMAT]",
  summary: "Show or set the time.",
  options: [
    { short: "u", long: "utc", help: "in UTC, as this host is anyway" },
    { short: "d", long: "date", value: "required", help: "another time than now" },
    { short: "s", long: "set", value: "required", help: "set the clock" },
    { short: "I", long: "iso-8601", value: "optional", help: "in ISO 8601" },
    { short: "R", long: "rfc-email", help: "as in mail" },
    { long: "rfc-3339", value: "required", help: "as in RFC 3339" },
    { short: "r", long: "reference", value: "required", help: "this file's time" },
  ],
  *run(process, options, operands) {
    const wanted = options.value("set") ?? options.value("date");
    const reference = options.value("reference");
    const base = reference === undefined ? process.clock.now : process.fs.stat(reference).modifiedAt;
    const at = wanted === undefined ? base : readDate(wanted, process.clock.now);
    if (at === undefined) {
      yield* complain(process, "date", `invalid date '${wanted}'`);
      return 1;
    }
    if (options.has("set")) process.clock.set(at);
    const given = operands.find((operand) => operand.startsWith("+"));
    yield* writeText(
      process.stdout,
      `${strftime(given?.slice(1) ?? dateFormat(options.has("iso-8601"), options.value("iso-8601"), options.has("rfc-email"), options.value("rfc-3339")), at)}\n`,
    );
    return 0;
  },
});

function dateFormat(iso: boolean, isoUnit: string | undefined, mail: boolean, rfc3339: string | undefined): string {
  if (iso)
    return { seconds: "%FT%T%:z", minutes: "%FT%R%:z", hours: "%FT%H%:z", ns: "%FT%T,%N%:z" }[isoUnit ?? ""] ?? "%F";
  if (mail) return "%a, %d %b %Y %T %z";
  if (rfc3339 !== undefined) return rfc3339 === "date" ? "%F" : "%F %T%:z";
  return "%a %b %e %H:%M:%S %Z %Y";
}

const UNIT_MS: Readonly<Record<string, number>> = {
  second: 1000,
  sec: 1000,
  minute: 60_000,
  min: 60_000,
  hour: 3_600_000,
  day: 86_400_000,
  week: 604_800_000,
  month: 30 * 86_400_000,
  year: 365 * 86_400_000,
};

/** `@1700000000`, ISO dates, `now`, `tomorrow`, `+2 days`, `1 hour ago`, `2026-01-01 +1 day`. */
export function readDate(text: string, now: number): number | undefined {
  let rest = text.trim();
  let at = now;
  const epoch = /^@(-?\d+(?:\.\d+)?)/.exec(rest);
  const iso = /^(\d{4}-\d\d-\d\d)(?:[T ]+(\d\d:\d\d(?::\d\d(?:\.\d+)?)?))?\s*(Z|UTC|[+-]\d\d:?\d\d)?/.exec(rest);
  const clock = /^(\d{1,2}:\d\d(?::\d\d)?)/.exec(rest);
  if (epoch !== null) at = Number(epoch[1]) * 1000;
  else if (iso !== null)
    at = Date.parse(`${iso[1]}T${iso[2] ?? "00:00"}${iso[3] === undefined || iso[3] === "UTC" ? "Z" : iso[3]}`);
  else if (clock !== null) at = Date.parse(`${strftime("%F", now)}T${(clock[1] ?? "").padStart(5, "0")}Z`);
  else if (/^[A-Z][a-z]{2}/.test(rest) && !Number.isNaN(Date.parse(`${rest} UTC`)))
    return Date.parse(/UTC|GMT|Z$|[+-]\d{4}$/.test(rest) ? rest : `${rest} UTC`);
  rest = rest.slice((epoch ?? iso ?? clock)?.[0].length ?? 0).trim();
  if (Number.isNaN(at)) return undefined;
  while (rest !== "") {
    const word = /^(now|today|yesterday|tomorrow|UTC)\s*/.exec(rest);
    const step = /^([+-]?\s*\d+|next|last)\s*(second|sec|minute|min|hour|day|week|month|year)s?(\s+ago)?\s*/.exec(rest);
    if (word !== null) at += word[1] === "tomorrow" ? 86_400_000 : word[1] === "yesterday" ? -86_400_000 : 0;
    else if (step !== null) {
      const count = step[1] === "next" ? 1 : step[1] === "last" ? -1 : Number((step[1] ?? "").replace(/\s/g, ""));
      at += count * (UNIT_MS[step[2] ?? ""] ?? 0) * (step[3] === undefined ? 1 : -1);
    } else return undefined;
    rest = rest.slice((word ?? step)?.[0].length ?? 0);
  }
  return at;
}
