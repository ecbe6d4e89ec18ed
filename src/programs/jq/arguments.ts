/** What a jq command line means for how its input is read; jq itself gets the arguments as they are. */
export interface JqPlan {
  /** The filter's text, or with -f the file that holds it; undefined when there is none. */
  readonly filter: string | undefined;
  readonly filterIsFile: boolean;
  readonly inputFiles: readonly string[];
  /** `-n`: standard input is read only when the filter asks for it. */
  readonly nullInput: boolean;
  /** Inputs are lines (-R) instead of JSON texts. */
  readonly rawInput: boolean;
  /** The whole input belongs together (-s, --stream, --seq and the like). */
  readonly wholeInput: boolean;
  /** -h or -V: no input at all. */
  readonly informs: boolean;
}

/** Words that follow a long option. */
const VALUES: Readonly<Record<string, number>> = {
  "--arg": 2,
  "--argjson": 2,
  "--slurpfile": 2,
  "--rawfile": 2,
  "--argfile": 2,
  "--indent": 1,
  "--library-path": 1,
};

const LONG_OF_SHORT: Readonly<Record<string, string>> = {
  n: "--null-input",
  s: "--slurp",
  R: "--raw-input",
  f: "--from-file",
  h: "--help",
  V: "--version",
};

const WHOLE = ["--slurp", "--stream", "--stream-errors", "--seq"];

/** Reads the arguments as jq 1.7's main does. */
export function planOf(args: readonly string[]): JqPlan {
  const flags = new Set<string>();
  const operands: string[] = [];
  let operandsAreFiles = true;
  let optionsEnded = false;
  for (let index = 0; index < args.length; index++) {
    const arg = args[index] ?? "";
    if (optionsEnded || !arg.startsWith("-")) {
      if (operands.length === 0 || operandsAreFiles) operands.push(arg);
    } else if (arg === "--") optionsEnded = true;
    else if (arg === "--args" || arg === "--jsonargs") operandsAreFiles = false;
    else if (arg.startsWith("--")) {
      flags.add(arg);
      index += VALUES[arg] ?? 0;
    } else if (arg.startsWith("-L")) index += arg === "-L" ? 1 : 0;
    else for (const letter of arg.slice(1)) flags.add(LONG_OF_SHORT[letter] ?? letter);
  }
  return {
    filter: operands[0],
    filterIsFile: flags.has("--from-file"),
    inputFiles: operands.slice(1),
    nullInput: flags.has("--null-input"),
    rawInput: flags.has("--raw-input"),
    wholeInput: WHOLE.some((flag) => flags.has(flag)),
    informs: ["--help", "--version", "--build-configuration"].some((flag) => flags.has(flag)),
  };
}
