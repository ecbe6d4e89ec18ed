/** A unit file's settings: section, key, and the values in the order in which they were given. */
export type UnitSettings = ReadonlyMap<string, ReadonlyMap<string, readonly string[]>>;

/**
 * Reads a unit file and its drop-ins, in this order (systemd.syntax(7)): comments start with # or ;, a line that ends in
 * a backslash goes on, an empty value takes back what was given before.
 */
export function parseUnit(texts: readonly string[]): UnitSettings {
  const sections = new Map<string, Map<string, string[]>>();
  for (const text of texts) readInto(sections, text);
  return sections;
}

function readInto(sections: Map<string, Map<string, string[]>>, text: string): void {
  let section = new Map<string, string[]>();
  for (const line of logicalLines(text)) {
    const heading = /^\[([^\]]+)\]$/.exec(line);
    if (heading !== null) {
      section = sections.get(heading[1] ?? "") ?? new Map();
      sections.set(heading[1] ?? "", section);
      continue;
    }
    const equals = line.indexOf("=");
    if (equals <= 0) continue;
    const key = line.slice(0, equals).trim();
    const value = line.slice(equals + 1).trim();
    if (value === "") section.set(key, []);
    else section.set(key, [...(section.get(key) ?? []), value]);
  }
}

function logicalLines(text: string): string[] {
  const lines: string[] = [];
  let pending = "";
  for (const raw of text.split("\n")) {
    const line = raw.trim();
    if (line === "" || line.startsWith("#") || line.startsWith(";")) continue;
    if (line.endsWith("\\")) {
      pending += `${line.slice(0, -1)} `;
      continue;
    }
    lines.push(pending + line);
    pending = "";
  }
  if (pending !== "") lines.push(pending.trim());
  return lines;
}

/** The last value given for a key. */
export function setting(settings: UnitSettings, section: string, key: string): string | undefined {
  return settings.get(section)?.get(key)?.at(-1);
}

/** All values given for a key. */
export function settingList(settings: UnitSettings, section: string, key: string): readonly string[] {
  return settings.get(section)?.get(key) ?? [];
}

/** Milliseconds of a time span (`5s`, `1min 30s`, `200ms`, bare seconds, `infinity`); undefined when it is none. */
export function parseSpan(text: string): number | undefined {
  if (text === "infinity") return Number.POSITIVE_INFINITY;
  let total = 0;
  const rest = text.replace(/(\d+(?:\.\d+)?)\s*([a-z]*)/g, (_, number: string, unit: string) => {
    total += Number(number) * (SPAN_UNITS[unit] ?? Number.NaN);
    return "";
  });
  return rest.trim() === "" && !Number.isNaN(total) && text !== "" ? total : undefined;
}

const SPAN_UNITS: Readonly<Record<string, number>> = {
  "": 1000,
  us: 0.001,
  ms: 1,
  s: 1000,
  sec: 1000,
  m: 60_000,
  min: 60_000,
  h: 3_600_000,
  hr: 3_600_000,
  d: 86_400_000,
};

/** Splits a command line or a list of assignments into words; quotes group, backslashes escape. */
export function splitWords(text: string): string[] {
  const words: string[] = [];
  const pattern = /"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|((?:[^\s"'\\]|\\.)+)/gy;
  let word: string | undefined;
  let at = 0;
  while (at < text.length) {
    if (/\s/.test(text.charAt(at))) {
      if (word !== undefined) words.push(word);
      word = undefined;
      at++;
      continue;
    }
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (match === null) {
      word = (word ?? "") + text.charAt(at++);
      continue;
    }
    word = (word ?? "") + (match[1] ?? match[2] ?? match[3] ?? "").replace(/\\(.)/g, "$1");
    at = pattern.lastIndex;
  }
  if (word !== undefined) words.push(word);
  return words;
}

/** Expands `$NAME` (a word of its own splits at blanks) and `${NAME}` in the words of a command line. */
export function expandCommand(words: readonly string[], env: ReadonlyMap<string, string>): string[] {
  const result: string[] = [];
  for (const word of words) {
    const whole = /^\$([A-Za-z_]\w*)$/.exec(word);
    if (whole !== null) result.push(...splitWords(env.get(whole[1] ?? "") ?? ""));
    else
      result.push(
        word.replace(/\$\{([A-Za-z_]\w*)\}/g, (_, name: string) => env.get(name) ?? "").replace(/\$\$/g, "$"),
      );
  }
  return result;
}
