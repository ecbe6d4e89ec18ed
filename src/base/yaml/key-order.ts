/**
 * The order of mapping keys in kubectl's YAML: by code point, except that letters come after everything else and runs
 * of digits count as numbers, so `a2` < `a10` < `ab` (Go's yaml package sorts keys this way).
 */
export function compareKeys(a: string, b: string): number {
  const left = [...a];
  const right = [...b];
  const shared = Math.min(left.length, right.length);
  for (let i = 0; i < shared; i++) if (left[i] !== right[i]) return compareAt(left, right, i);
  return left.length - right.length;
}

function compareAt(left: readonly string[], right: readonly string[], at: number): number {
  const a = left[at] ?? "";
  const b = right[at] ?? "";
  const aLetter = LETTER.test(a);
  const bLetter = LETTER.test(b);
  if (aLetter && bLetter) return order(a, b);
  if (aLetter || bLetter) return bLetter ? -1 : 1;
  const lead = (a === "0" || b === "0") && insideNumber(left, at) ? 1 : 0;
  const aRun = digitRun(left, at, lead);
  const bRun = digitRun(right, at, lead);
  if (aRun.value !== bRun.value) return aRun.value - bRun.value;
  if (aRun.end !== bRun.end) return aRun.end - bRun.end;
  return order(a, b);
}

const LETTER = /^\p{L}$/u;
const DIGIT = /^[0-9]$/;

/** Whether a digit other than 0 stands directly before `at`, in the same run of digits. */
function insideNumber(characters: readonly string[], at: number): boolean {
  for (let i = at - 1; i >= 0 && DIGIT.test(characters[i] ?? ""); i--) if (characters[i] !== "0") return true;
  return false;
}

function digitRun(characters: readonly string[], at: number, lead: number): { value: number; end: number } {
  let value = lead;
  let end = at;
  while (DIGIT.test(characters[end] ?? "")) value = value * 10 + Number(characters[end++]);
  return { value, end };
}

function order(a: string, b: string): number {
  return (a.codePointAt(0) ?? 0) - (b.codePointAt(0) ?? 0);
}
