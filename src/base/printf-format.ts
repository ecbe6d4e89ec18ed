/** printf(3) for numbers and strings, as awk, the shell and seq use it. `args` beyond the end count as empty or zero. */
export function formatPrintf(format: string, args: readonly (string | number)[]): string {
  let next = 0;
  const take = () => args[next++];
  return format.replace(
    /%([-+ 0#]*)(\*|\d+)?(?:\.(\*|\d+)?)?([hlLqjzt]*)([a-zA-Z%])/g,
    (whole, flags: string, width?: string, precision?: string, _size?: string, letter = "") => {
      if (letter === "%") return "%";
      const wide = width === "*" ? Number(take() ?? 0) : Number(width ?? 0);
      const hasPrecision = /\.(\*|\d*)[hlLqjzt]*[a-zA-Z]$/.test(whole);
      const exact = !hasPrecision ? undefined : precision === "*" ? Number(take() ?? 0) : Number(precision ?? 0);
      const text = convert(letter, take(), flags, exact);
      return text === undefined
        ? whole
        : pad(
            text,
            flags + (wide < 0 ? "-" : ""),
            Math.abs(wide),
            "diouxXeEfFgG".includes(letter) && !(exact !== undefined && "diouxX".includes(letter)),
          );
    },
  );
}

function convert(
  letter: string,
  arg: string | number | undefined,
  flags: string,
  precision: number | undefined,
): string | undefined {
  const value = arg ?? "";
  const number = typeof value === "number" ? value : Number.parseFloat(value) || 0;
  switch (letter) {
    case "s":
      return String(value).slice(0, precision ?? undefined);
    case "c":
      return typeof value === "number"
        ? String.fromCodePoint(Math.max(0, Math.trunc(value)))
        : String(value).slice(0, 1);
    case "d":
    case "i":
      return signed(Math.trunc(number), flags, String(Math.abs(Math.trunc(number))).padStart(precision ?? 0, "0"));
    case "u":
      return String(Math.trunc(number) < 0 ? BigInt.asUintN(64, BigInt(Math.trunc(number))) : Math.trunc(number));
    case "o":
      return (flags.includes("#") ? "0" : "") + Math.trunc(number).toString(8);
    case "x":
      return (flags.includes("#") ? "0x" : "") + unsignedHex(number);
    case "X":
      return (flags.includes("#") ? "0X" : "") + unsignedHex(number).toUpperCase();
    case "f":
    case "F":
      return signed(number, flags, Math.abs(number).toFixed(precision ?? 6));
    case "e":
    case "E":
      return exponent(number, flags, precision ?? 6, letter);
    case "g":
    case "G":
      return general(number, flags, precision ?? 6);
    default:
      return undefined;
  }
}

function unsignedHex(number: number): string {
  const whole = Math.trunc(number);
  return (whole < 0 ? BigInt.asUintN(64, BigInt(whole)) : whole).toString(16);
}

function signed(number: number, flags: string, digits: string): string {
  const sign = number < 0 || Object.is(number, -0) ? "-" : flags.includes("+") ? "+" : flags.includes(" ") ? " " : "";
  return sign + digits;
}

function exponent(number: number, flags: string, precision: number, letter: string): string {
  const text = Math.abs(number)
    .toExponential(precision)
    .replace(/e([-+])(\d)$/, "e$10$2");
  return signed(number, flags, letter === "E" ? text.toUpperCase() : text);
}

/** %g: the shorter of %e and %f, without trailing zeros. */
export function general(number: number, flags: string, precision: number): string {
  if (!Number.isFinite(number)) return Number.isNaN(number) ? "nan" : number < 0 ? "-inf" : "inf";
  if (number === 0) return signed(number, flags, "0");
  const digits = Math.max(1, precision);
  const power = Number(
    Math.abs(number)
      .toExponential(digits - 1)
      .split("e")[1],
  );
  if (power < -4 || power >= digits) {
    const [mantissa = "", exponentText = ""] = Math.abs(number)
      .toExponential(digits - 1)
      .split("e");
    const trimmed = mantissa.includes(".") ? mantissa.replace(/\.?0+$/, "") : mantissa;
    return signed(number, flags, `${trimmed}e${exponentText.replace(/^([-+])(\d)$/, "$10$2")}`);
  }
  const fixed = Math.abs(number).toFixed(Math.max(0, digits - 1 - power));
  return signed(number, flags, fixed.includes(".") ? fixed.replace(/\.?0+$/, "") : fixed);
}

function pad(text: string, flags: string, width: number, numeric: boolean): string {
  if (text.length >= width) return text;
  if (flags.includes("-")) return text.padEnd(width);
  if (!flags.includes("0") || !numeric) return text.padStart(width);
  const sign = /^[-+ ]/.exec(text)?.[0] ?? "";
  return sign + text.slice(sign.length).padStart(width - sign.length, "0");
}
