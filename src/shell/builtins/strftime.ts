const DAYS = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
const MONTHS = [
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

/** strftime(3) in the C locale and UTC; `atMs` counts from the epoch. */
export function formatTime(format: string, atMs: number): string {
  const date = new Date(atMs);
  return format.replace(/%[-_0^#]?([a-zA-Z%])/g, (whole, letter: string) => field(letter, date) ?? whole);
}

function two(value: number): string {
  return String(value).padStart(2, "0");
}

function field(letter: string, date: Date): string | undefined {
  const hours = date.getUTCHours();
  switch (letter) {
    case "Y":
      return String(date.getUTCFullYear());
    case "y":
      return two(date.getUTCFullYear() % 100);
    case "m":
      return two(date.getUTCMonth() + 1);
    case "d":
      return two(date.getUTCDate());
    case "e":
      return String(date.getUTCDate()).padStart(2);
    case "H":
      return two(hours);
    case "I":
      return two(hours % 12 === 0 ? 12 : hours % 12);
    case "M":
      return two(date.getUTCMinutes());
    case "S":
      return two(date.getUTCSeconds());
    case "s":
      return String(Math.floor(date.getTime() / 1000));
    case "p":
      return hours < 12 ? "AM" : "PM";
    case "a":
      return (DAYS[date.getUTCDay()] ?? "").slice(0, 3);
    case "A":
      return DAYS[date.getUTCDay()];
    case "b":
    case "h":
      return (MONTHS[date.getUTCMonth()] ?? "").slice(0, 3);
    case "B":
      return MONTHS[date.getUTCMonth()];
    case "j":
      return String(dayOfYear(date)).padStart(3, "0");
    case "u":
      return String(date.getUTCDay() === 0 ? 7 : date.getUTCDay());
    case "w":
      return String(date.getUTCDay());
    default:
      return composite(letter, date);
  }
}

function composite(letter: string, date: Date): string | undefined {
  switch (letter) {
    case "F":
      return formatTime("%Y-%m-%d", date.getTime());
    case "T":
    case "X":
      return formatTime("%H:%M:%S", date.getTime());
    case "R":
      return formatTime("%H:%M", date.getTime());
    case "D":
    case "x":
      return formatTime("%m/%d/%y", date.getTime());
    case "c":
      return formatTime("%a %b %e %H:%M:%S %Y", date.getTime());
    case "z":
      return "+0000";
    case "Z":
      return "UTC";
    case "n":
      return "\n";
    case "t":
      return "\t";
    case "%":
      return "%";
    default:
      return undefined;
  }
}

function dayOfYear(date: Date): number {
  const start = Date.UTC(date.getUTCFullYear(), 0, 1);
  return Math.floor((date.getTime() - start) / 86_400_000) + 1;
}
