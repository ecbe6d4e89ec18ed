import type { Stats } from "../../vfs/file-system.ts";

const TYPE_LETTERS = { file: "-", directory: "d", symlink: "l", fifo: "p", device: "c" } as const;

/** `-rw-r--r--` as ls shows it. */
export function modeText(stats: Stats): string {
  let text: string = TYPE_LETTERS[stats.type];
  for (const shift of [6, 3, 0]) {
    const bits = (stats.mode >> shift) & 7;
    text += (bits & 4 ? "r" : "-") + (bits & 2 ? "w" : "-") + (bits & 1 ? "x" : "-");
  }
  if (stats.mode & 0o1000) text = text.slice(0, 9) + (text.endsWith("x") ? "t" : "T");
  return text;
}

const WHO_SHIFTS: Readonly<Record<string, readonly number[]>> = { u: [6], g: [3], o: [0], a: [6, 3, 0] };

/** The mode that chmod's `text` (octal or symbolic) makes of `mode`; undefined when it is no mode. */
export function changedMode(text: string, mode: number, isDirectory: boolean, umask: number): number | undefined {
  if (/^[0-7]{1,4}$/.test(text)) return Number.parseInt(text, 8);
  let result = mode;
  for (const clause of text.split(",")) {
    const match = /^([ugoa]*)((?:[-+=][rwxXst]*)+)$/.exec(clause);
    if (match === null) return undefined;
    const who = match[1] ?? "";
    for (const [, operator = "", letters = ""] of (match[2] ?? "").matchAll(/([-+=])([rwxXst]*)/g)) {
      result = applyClause(result, who, operator, letters, isDirectory, umask);
    }
  }
  return result;
}

function applyClause(
  mode: number,
  who: string,
  operator: string,
  letters: string,
  isDirectory: boolean,
  umask: number,
): number {
  let bits = 0;
  if (letters.includes("r")) bits |= 4;
  if (letters.includes("w")) bits |= 2;
  if (letters.includes("x") || (letters.includes("X") && (isDirectory || (mode & 0o111) !== 0))) bits |= 1;
  let result = mode;
  const shifts = new Set([...(who === "" ? "a" : who)].flatMap((letter) => WHO_SHIFTS[letter] ?? []));
  for (const shift of shifts) {
    const masked = who === "" ? bits & ~((umask >> shift) & 7) : bits;
    if (operator === "=") result = (result & ~(7 << shift)) | (masked << shift);
    if (operator === "+") result |= masked << shift;
    if (operator === "-") result &= ~(masked << shift);
  }
  return letters.includes("t") ? (operator === "-" ? result & ~0o1000 : result | 0o1000) : result;
}
