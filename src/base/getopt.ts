/** One option of a GNU-like utility. */
export interface OptionSpec {
  /** One letter, without the dash. */
  readonly short?: string;
  /** Long name, without the dashes. */
  readonly long?: string;
  readonly value?: "none" | "required" | "optional";
  /** What `--help` says. */
  readonly help?: string;
  /** What it would do, where that is not imitated: the option is known, and refused. */
  readonly refused?: string;
}

/** Options as given: by short letter or long name, whichever the spec has (long first). */
export interface GivenOptions {
  has(name: string): boolean;
  /** The last value given. */
  value(name: string): string | undefined;
  /** All values in order. */
  values(name: string): readonly string[];
  /** Every option in the order given. */
  readonly inOrder: readonly { readonly name: string; readonly value: string | undefined }[];
}

export type ParsedOptions =
  | { readonly ok: true; readonly options: GivenOptions; readonly operands: readonly string[] }
  /** `message` is getopt_long's, without the program's name; `refused` when it says what is not imitated. */
  | { readonly ok: false; readonly message: string; readonly refused: boolean };

/** How getopt_long is asked to behave. */
export interface OptionRules {
  /** True: the first operand ends the options (as `env`, `timeout`, `xargs` need). */
  readonly stopAtOperand?: boolean;
  /** True: `-5` is an operand or a count of the program's own (as `head -5`). */
  readonly numbersAreOperands?: boolean;
}

/** Parses arguments as glibc's getopt_long does: permuted, bundled short options, unique prefixes of long ones. */
export function parseOptions(
  args: readonly string[],
  specs: readonly OptionSpec[],
  rules: OptionRules = {},
): ParsedOptions {
  const given: { name: string; value: string | undefined }[] = [];
  const operands: string[] = [];
  const queue = [...args];
  for (let arg = queue.shift(); arg !== undefined; arg = queue.shift()) {
    if (arg === "--") {
      operands.push(...queue);
      break;
    }
    const isOption = arg.startsWith("-") && arg !== "-" && !(rules.numbersAreOperands === true && /^-\d/.test(arg));
    if (!isOption) {
      operands.push(arg);
      if (rules.stopAtOperand !== true) continue;
      operands.push(...queue);
      break;
    }
    const failure = arg.startsWith("--")
      ? takeLong(arg.slice(2), queue, specs, given)
      : takeShort(arg.slice(1), queue, specs, given);
    if (failure !== undefined) return { ok: false, message: failure, refused: false };
  }
  for (const { name } of given) {
    const refused = specs.find((spec) => nameOf(spec) === name)?.refused;
    if (refused !== undefined)
      return { ok: false, message: `not simulated in this sandbox: ${refused}`, refused: true };
  }
  return { ok: true, options: view(given), operands };
}

type Given = { name: string; value: string | undefined }[];

function nameOf(spec: OptionSpec): string {
  return spec.long ?? spec.short ?? "";
}

function takeLong(text: string, queue: string[], specs: readonly OptionSpec[], given: Given): string | undefined {
  const equals = text.indexOf("=");
  const name = equals < 0 ? text : text.slice(0, equals);
  const exact = specs.find((spec) => spec.long === name);
  const prefixed = specs.filter((spec) => spec.long?.startsWith(name));
  if (exact === undefined && prefixed.length > 1) {
    return `option '--${name}' is ambiguous; possibilities: ${prefixed.map((spec) => `'--${spec.long}'`).join(" ")}`;
  }
  const spec = exact ?? prefixed[0];
  if (spec === undefined) return `unrecognized option '--${name}'`;
  const inline = equals < 0 ? undefined : text.slice(equals + 1);
  if ((spec.value ?? "none") === "none" && inline !== undefined)
    return `option '--${spec.long}' doesn't allow an argument`;
  const value = spec.value === "required" ? (inline ?? queue.shift()) : inline;
  if (spec.value === "required" && value === undefined) return `option '--${spec.long}' requires an argument`;
  given.push({ name: nameOf(spec), value });
  return undefined;
}

function takeShort(letters: string, queue: string[], specs: readonly OptionSpec[], given: Given): string | undefined {
  for (let at = 0; at < letters.length; at++) {
    const letter = letters.charAt(at);
    const spec = specs.find((candidate) => candidate.short === letter);
    if (spec === undefined) return `invalid option -- '${letter}'`;
    if ((spec.value ?? "none") === "none") {
      given.push({ name: nameOf(spec), value: undefined });
      continue;
    }
    const rest = letters.slice(at + 1);
    const value = rest !== "" ? rest : spec.value === "required" ? queue.shift() : undefined;
    if (spec.value === "required" && value === undefined) return `option requires an argument -- '${letter}'`;
    given.push({ name: nameOf(spec), value });
    return undefined;
  }
  return undefined;
}

function view(given: Given): GivenOptions {
  return {
    has: (name) => given.some((option) => option.name === name),
    value: (name) => given.findLast((option) => option.name === name)?.value,
    values: (name) =>
      given.flatMap((option) => (option.name === name && option.value !== undefined ? [option.value] : [])),
    inOrder: given,
  };
}
