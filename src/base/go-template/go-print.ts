/** A JSON value as fmt prints it with %v: `map[a:1 b:[x y]]`. */
export function goPrint(value: unknown): string {
  if (value === undefined || value === null) return "<nil>";
  if (typeof value === "number") return goNumber(value);
  if (Array.isArray(value)) return `[${value.map(goPrint).join(" ")}]`;
  if (typeof value === "object") {
    const source = value as Record<string, unknown>;
    const keys = Object.keys(source).sort();
    return `map[${keys.map((key) => `${key}:${goPrint(source[key])}`).join(" ")}]`;
  }
  return String(value);
}

function goNumber(value: number): string {
  if (Number.isInteger(value) && Math.abs(value) < 1e21) return String(value);
  return String(value).replace(/e([-+])(\d)$/, "e$10$2");
}

/** fmt.Sprintf with the verbs that templates use. */
export function goSprintf(format: string, args: readonly unknown[]): string {
  let next = 0;
  const text = format.replace(
    /%([-+# 0]*)(\d*)(?:\.(\d+))?([a-zA-Z%])/g,
    (_, flags, width, precision, verb: string) => {
      if (verb === "%") return "%";
      if (next >= args.length) return `%!${verb}(MISSING)`;
      return pad(formatted(verb, args[next++], precision as string | undefined), flags as string, Number(width));
    },
  );
  if (next >= args.length) return text;
  const extra = args.slice(next).map((arg) => `${typeof arg === "number" ? "int" : typeof arg}=${goPrint(arg)}`);
  return `${text}%!(EXTRA ${extra.join(", ")})`;
}

function formatted(verb: string, arg: unknown, precision: string | undefined): string {
  if (verb === "q") return JSON.stringify(goPrint(arg));
  if (verb === "d") return typeof arg === "number" ? String(Math.trunc(arg)) : `%!d(${typeof arg}=${goPrint(arg)})`;
  if (verb === "x") return typeof arg === "number" ? arg.toString(16) : goPrint(arg);
  if (verb === "f" && typeof arg === "number") return arg.toFixed(precision === undefined ? 6 : Number(precision));
  if (verb === "t" || verb === "v" || verb === "s") {
    const text = goPrint(arg);
    return precision === undefined ? text : text.slice(0, Number(precision));
  }
  return `%!${verb}(${goPrint(arg)})`;
}

function pad(text: string, flags: string, width: number): string {
  if (flags.includes("-")) return text.padEnd(width);
  return text.padStart(width, flags.includes("0") ? "0" : " ");
}
