const HEADER =
  "  % Total    % Received % Xferd  Average Speed   Time    Time     Time  Current\n" +
  "                                 Dload  Upload   Total   Spent    Left  Speed\n";

/** What the progress meter shows at the start of a transfer. */
export function meterStart(): string {
  return HEADER + meterRow({ received: 0, total: undefined, sent: 0, elapsedMs: 0 });
}

/** How far a transfer is; `total` is undefined while the size is not known. */
export interface Progress {
  readonly received: number;
  readonly total: number | undefined;
  readonly sent: number;
  readonly elapsedMs: number;
}

/** One row of the meter; starts with a carriage return so that it replaces the row before. */
export function meterRow({ received, total, sent, elapsedMs }: Progress): string {
  const rate = (bytes: number) => short(elapsedMs <= 0 ? 0 : Math.floor((bytes * 1000) / elapsedMs));
  const percent = (part: number, whole: number | undefined) =>
    String(whole === undefined || whole === 0 ? 0 : Math.floor((part * 100) / whole)).padStart(3);
  const whole = (total ?? received) + sent;
  const overall = total === undefined && sent === 0 ? (received > 0 ? "100" : "  0") : percent(received + sent, whole);
  const spent = clockText(elapsedMs);
  return (
    `\r${overall} ${short(whole)}  ${percent(received, total)} ${short(received)}  ${percent(sent, sent)} ${short(sent)}` +
    `  ${rate(received)}  ${rate(sent)} ${spent} ${spent} --:--:-- ${rate(received)}`
  );
}

/** A size in five places: `12345`, `1234k`, `99.9M`. */
function short(bytes: number): string {
  if (bytes < 100_000) return String(bytes).padStart(5);
  const kibibytes = Math.floor(bytes / 1024);
  if (kibibytes < 10_000) return `${String(kibibytes).padStart(4)}k`;
  const tenths = Math.floor((bytes * 10) / 1_048_576);
  if (tenths < 1000) return `${(tenths / 10).toFixed(1).padStart(4)}M`;
  return `${String(Math.floor(tenths / 10)).padStart(4)}M`;
}

function clockText(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  if (seconds < 1) return "--:--:--";
  const two = (value: number) => String(value).padStart(2, "0");
  return `${String(Math.floor(seconds / 3600)).padStart(2)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
}
