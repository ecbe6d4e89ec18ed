/**
 * Amounts like `100m`, `1.5Gi`, `2e3` (apimachinery resource.Quantity): a decimal number and a suffix that is a power
 * of ten or of 1024. The API always writes the canonical form: no fraction, the largest suffix that keeps the value
 * exact.
 */
export interface Quantity {
  /** The value in units of 10^-9. */
  readonly nano: bigint;
  readonly format: "BinarySI" | "DecimalSI" | "DecimalExponent";
}

const NANO = 1_000_000_000n;
const BINARY = ["", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"];
const DECIMAL: Readonly<Record<string, number>> = { n: -9, u: -6, m: -3, "": 0, k: 3, M: 6, G: 9, T: 12, P: 15, E: 18 };
const DECIMAL_UP = ["n", "u", "m", "", "k", "M", "G", "T", "P", "E"];
const PATTERN = /^([+-]?)(\d+\.?\d*|\.\d+)([KMGTPE]i|[numkMGTPE]|[eE][+-]?\d+)?$/;

const parsed = new Map<string, Quantity | undefined>();
const canonical = new Map<string, string>();

/** Reads a quantity; undefined when the text is none. */
export function parseQuantity(text: string): Quantity | undefined {
  if (parsed.has(text)) return parsed.get(text);
  const value = parse(text);
  if (parsed.size > 5000) parsed.clear();
  parsed.set(text, value);
  return value;
}

function parse(text: string): Quantity | undefined {
  const match = PATTERN.exec(text);
  if (match === null || text.length > 100) return undefined;
  const suffix = match[3] ?? "";
  const [whole = "", fraction = ""] = (match[2] ?? "").split(".");
  const digits = BigInt(`${whole}${fraction}` === "" ? "0" : `${whole}${fraction}`);
  const signed = match[1] === "-" ? -digits : digits;
  const scale = BigInt(10) ** BigInt(fraction.length);
  if (suffix.endsWith("i")) {
    const power = 1024n ** BigInt(BINARY.indexOf(suffix));
    return { nano: divideUp(signed * NANO * power, scale), format: "BinarySI" };
  }
  const exponent = suffix.length > 1 ? Number(suffix.slice(1)) : (DECIMAL[suffix] ?? 0);
  const format = suffix.length > 1 ? "DecimalExponent" : "DecimalSI";
  const shift = exponent + 9 - fraction.length;
  const nano = shift >= 0 ? signed * 10n ** BigInt(Math.min(shift, 60)) : divideUp(signed, 10n ** BigInt(-shift));
  return { nano, format };
}

/** Fractions are rounded away from zero. */
function divideUp(value: bigint, by: bigint): bigint {
  const quotient = value / by;
  if (value % by === 0n) return quotient;
  return value < 0n ? quotient - 1n : quotient + 1n;
}

/** The canonical text (Quantity.CanonicalizeBytes). */
export function formatQuantity(quantity: Quantity): string {
  const { nano } = quantity;
  if (nano === 0n) return "0";
  const binary = quantity.format === "BinarySI" && nano % NANO === 0n && abs(nano) >= 1024n * NANO;
  return binary ? formatBinary(nano / NANO) : formatDecimal(nano, quantity.format === "DecimalExponent");
}

function formatBinary(value: bigint): string {
  let rest = value;
  let power = 0;
  while (power < BINARY.length - 1 && rest % 1024n === 0n) {
    rest /= 1024n;
    power++;
  }
  return `${rest}${BINARY[power]}`;
}

function formatDecimal(nano: bigint, exponential: boolean): string {
  let rest = nano;
  let step = 0;
  while (step < DECIMAL_UP.length - 1 && rest % 1000n === 0n) {
    rest /= 1000n;
    step++;
  }
  const exponent = step * 3 - 9;
  if (!exponential) return `${rest}${DECIMAL_UP[step]}`;
  return exponent === 0 ? `${rest}` : `${rest}e${exponent}`;
}

function abs(value: bigint): bigint {
  return value < 0n ? -value : value;
}

/** The canonical form of a quantity's text; undefined when it is none. */
export function canonicalQuantity(text: string): string | undefined {
  const known = canonical.get(text);
  if (known !== undefined) return known;
  const quantity = parseQuantity(text);
  if (quantity === undefined) return undefined;
  const result = formatQuantity(quantity);
  if (canonical.size > 5000) canonical.clear();
  canonical.set(text, result);
  return result;
}

/** The whole units, rounded up (Quantity.Value). */
export function quantityValue(text: string): number {
  const quantity = parseQuantity(text);
  return quantity === undefined ? 0 : Number(divideUp(quantity.nano, NANO));
}

/** Thousandths, rounded up (Quantity.MilliValue). */
export function quantityMilliValue(text: string): number {
  const quantity = parseQuantity(text);
  return quantity === undefined ? 0 : Number(divideUp(quantity.nano, 1_000_000n));
}

/** Negative, zero or positive as `a` is less than, equal to or more than `b`. */
export function compareQuantities(a: string, b: string): number {
  const difference = (parseQuantity(a)?.nano ?? 0n) - (parseQuantity(b)?.nano ?? 0n);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

/** The sum, in the first one's format. */
export function addQuantities(a: string, b: string): string {
  const first = parseQuantity(a);
  const second = parseQuantity(b);
  if (first === undefined || second === undefined) return first === undefined ? b : a;
  return formatQuantity({ nano: first.nano + second.nano, format: first.nano === 0n ? second.format : first.format });
}

/** `a - b`, in the first one's format. */
export function subtractQuantities(a: string, b: string): string {
  const first = parseQuantity(a);
  const second = parseQuantity(b);
  if (first === undefined || second === undefined) return a;
  return formatQuantity({ nano: first.nano - second.nano, format: first.nano === 0n ? second.format : first.format });
}
