/** Dates in UTC, which is every host's time zone here. */
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const MONTHS_LONG = [
  "January",
  "February",
  "March",
  "April",
  "May",
  "June",
  "July",
  "August",
  "September",
  "October",
  "November",
  "December",
];
const DAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
const DAYS_LONG = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

function pad(value: number, width = 2, fill = "0"): string {
  return String(value).padStart(width, fill);
}

function dayOfYear(date: Date): number {
  return Math.floor((date.getTime() - Date.UTC(date.getUTCFullYear(), 0, 1)) / 86_400_000) + 1;
}

/** ISO 8601 week number and the year it belongs to. */
function isoWeek(date: Date): { week: number; year: number } {
  const day = date.getUTCDay() || 7;
  const thursday = new Date(date.getTime() + (4 - day) * 86_400_000);
  return { week: Math.ceil(dayOfYear(thursday) / 7), year: thursday.getUTCFullYear() };
}

/** strftime(3) in the C locale and UTC. `ms` is milliseconds since the epoch. */
export function strftime(format: string, ms: number): string {
  const date = new Date(Math.floor(ms));
  return format.replace(
    /%([-_0^]?)([:]*)(\d*)([a-zA-Z%+])/g,
    (whole, flag: string, colons: string, width: string, letter: string) => {
      const value = field(letter, date, ms, colons, width);
      if (value === undefined) return whole;
      if (flag === "-") return value.replace(/^[0 ]+(?=.)/, "");
      if (flag === "_") return value.replace(/^0+(?=.)/, (zeros) => " ".repeat(zeros.length));
      return flag === "^" ? value.toUpperCase() : value;
    },
  );
}

/** A time of UTC as Go prints it by itself (time.Time.String): `2026-11-17 10:23:45 +0000 UTC`. */
export function goTime(ms: number): string {
  return strftime("%F %T +0000 UTC", ms);
}

function field(letter: string, date: Date, ms: number, colons: string, width: string): string | undefined {
  const hour12 = date.getUTCHours() % 12 || 12;
  switch (letter) {
    case "Y":
      return String(date.getUTCFullYear());
    case "C":
      return pad(Math.floor(date.getUTCFullYear() / 100));
    case "y":
      return pad(date.getUTCFullYear() % 100);
    case "G":
      return String(isoWeek(date).year);
    case "m":
      return pad(date.getUTCMonth() + 1);
    case "d":
      return pad(date.getUTCDate());
    case "e":
      return pad(date.getUTCDate(), 2, " ");
    case "j":
      return pad(dayOfYear(date), 3);
    case "V":
      return pad(isoWeek(date).week);
    case "H":
      return pad(date.getUTCHours());
    case "k":
      return pad(date.getUTCHours(), 2, " ");
    case "I":
      return pad(hour12);
    case "l":
      return pad(hour12, 2, " ");
    case "M":
      return pad(date.getUTCMinutes());
    case "S":
      return pad(date.getUTCSeconds());
    case "N":
      return nanoseconds(ms).slice(0, width === "" ? 9 : Number(width));
    case "p":
      return date.getUTCHours() < 12 ? "AM" : "PM";
    case "P":
      return date.getUTCHours() < 12 ? "am" : "pm";
    default:
      return namedField(letter, date, ms, colons);
  }
}

function namedField(letter: string, date: Date, ms: number, colons: string): string | undefined {
  switch (letter) {
    case "a":
      return DAYS[date.getUTCDay()];
    case "A":
      return DAYS_LONG[date.getUTCDay()];
    case "b":
    case "h":
      return MONTHS[date.getUTCMonth()];
    case "B":
      return MONTHS_LONG[date.getUTCMonth()];
    case "u":
      return String(date.getUTCDay() || 7);
    case "w":
      return String(date.getUTCDay());
    case "s":
      return String(Math.floor(ms / 1000));
    case "Z":
      return "UTC";
    case "z":
      return colons === "" ? "+0000" : "+00:00";
    case "n":
      return "\n";
    case "t":
      return "\t";
    case "%":
      return "%";
    case "F":
      return strftime("%Y-%m-%d", ms);
    case "T":
    case "X":
      return strftime("%H:%M:%S", ms);
    case "R":
      return strftime("%H:%M", ms);
    case "r":
      return strftime("%I:%M:%S %p", ms);
    case "D":
    case "x":
      return strftime("%m/%d/%y", ms);
    case "c":
      return strftime("%a %b %e %H:%M:%S %Y", ms);
    default:
      return undefined;
  }
}

function nanoseconds(ms: number): string {
  const fraction = ms - Math.floor(ms / 1000) * 1000;
  return String(Math.floor(fraction * 1e6)).padStart(9, "0");
}
