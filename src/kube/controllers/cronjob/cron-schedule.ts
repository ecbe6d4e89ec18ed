/** A cron schedule: which minutes it names. Mirrors robfig/cron's standard parser. */
export interface CronSchedule {
  matches(ms: number): boolean;
}

const MACROS: Readonly<Record<string, string>> = {
  "@yearly": "0 0 1 1 *",
  "@annually": "0 0 1 1 *",
  "@monthly": "0 0 1 * *",
  "@weekly": "0 0 * * 0",
  "@daily": "0 0 * * *",
  "@midnight": "0 0 * * *",
  "@hourly": "0 * * * *",
};
const MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split(" ");
const DAYS = "sun mon tue wed thu fri sat".split(" ");
const MINUTE_MS = 60_000;
/** Schedules are searched this far. */
const SEARCH_MINUTES = 366 * 24 * 60;

/** Reads five fields or a macro; undefined when it is no schedule. */
export function parseSchedule(text: string): CronSchedule | undefined {
  const fields = (MACROS[text.trim()] ?? text).trim().split(/\s+/);
  if (fields.length !== 5) return undefined;
  const minutes = field(fields[0] ?? "", 0, 59, []);
  const hours = field(fields[1] ?? "", 0, 23, []);
  const days = field(fields[2] ?? "", 1, 31, []);
  const months = field(fields[3] ?? "", 1, 12, MONTHS, 1);
  const weekdays = field((fields[4] ?? "").replaceAll("7", "0"), 0, 6, DAYS);
  if (
    minutes === undefined ||
    hours === undefined ||
    days === undefined ||
    months === undefined ||
    weekdays === undefined
  )
    return undefined;
  const anyDay = /^[*?]/.test(fields[2] ?? "");
  const anyWeekday = /^[*?]/.test(fields[4] ?? "");
  return {
    matches(ms) {
      const date = new Date(ms);
      if (!minutes.has(date.getUTCMinutes()) || !hours.has(date.getUTCHours()) || !months.has(date.getUTCMonth() + 1))
        return false;
      const day = days.has(date.getUTCDate());
      const weekday = weekdays.has(date.getUTCDay());
      return anyDay || anyWeekday ? day && weekday : day || weekday;
    },
  };
}

function field(
  text: string,
  low: number,
  high: number,
  names: readonly string[],
  nameBase = 0,
): Set<number> | undefined {
  const values = new Set<number>();
  for (const part of text.toLowerCase().split(",")) {
    const match = /^(\*|\?|[a-z]+|\d+)(?:-([a-z]+|\d+))?(?:\/(\d+))?$/.exec(part);
    if (match === null) return undefined;
    const number = (word: string) =>
      /^\d+$/.test(word) ? Number(word) : names.indexOf(word) < 0 ? Number.NaN : names.indexOf(word) + nameBase;
    const all = match[1] === "*" || match[1] === "?";
    const first = all ? low : number(match[1] ?? "");
    const last = all || (match[3] !== undefined && match[2] === undefined) ? high : number(match[2] ?? match[1] ?? "");
    const step = Number(match[3] ?? 1);
    if (!(first >= low && last <= high && first <= last && step > 0)) return undefined;
    for (let value = first; value <= last; value += step) values.add(value);
  }
  return values;
}

/** The first minute after `ms` that the schedule names, or undefined within a year. */
export function nextAfter(schedule: CronSchedule, ms: number): number | undefined {
  let at = Math.floor(ms / MINUTE_MS) * MINUTE_MS + MINUTE_MS;
  for (let step = 0; step < SEARCH_MINUTES; step++, at += MINUTE_MS) if (schedule.matches(at)) return at;
  return undefined;
}
