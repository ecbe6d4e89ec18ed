import { complain, usageError, utility } from "../utility.ts";
import { AwkInterpreter } from "./interpreter.ts";
import { AwkSyntaxError, unescapeAwk } from "./lexer.ts";
import { MainInput } from "./main-input.ts";
import { parseAwk } from "./parser.ts";
import { AwkWriteError } from "./streams.ts";
import { AwkRuntimeError, type AwkValue, fromInput } from "./value.ts";

/** awk: patterns and actions over records and fields. */
export const awk = utility({
  name: "awk",
  usage: "[-F fs] [-v var=value] 'program' [FILE]...",
  summary: "Run an awk program over the lines of files.",
  usageExitCode: 2,
  rules: { stopAtOperand: true },
  options: [
    { short: "F", long: "field-separator", value: "required", help: "what separates fields" },
    { short: "v", long: "assign", value: "required", help: "set a variable before the program begins" },
    { short: "f", long: "file", value: "required", help: "the program from a file" },
  ],
  writeError: (reason) => new AwkWriteError("/dev/stdout", reason).message,
  writeErrorExitCode: 2,
  *run(process, options, operands) {
    const rest = [...operands];
    const file = options.value("file");
    const source = file === undefined ? rest.shift() : process.fs.exists(file) ? process.fs.readText(file) : undefined;
    if (source === undefined && file !== undefined) {
      yield* complain(process, "awk", `cannot open "${file}" (No such file or directory)`);
      return 2;
    }
    if (source === undefined) return yield* usageError(process, { name: "awk", usageExitCode: 2 }, "no program given");
    const variables = new Map<string, AwkValue>();
    const separator = options.value("field-separator");
    if (separator !== undefined) variables.set("FS", separator === "t" ? "\t" : unescapeAwk(separator));
    for (const assignment of options.values("assign")) {
      const equals = assignment.indexOf("=");
      variables.set(assignment.slice(0, equals), fromInput(unescapeAwk(assignment.slice(equals + 1))));
    }
    try {
      return yield* new AwkInterpreter(process, parseAwk(source), new MainInput(process, rest), variables).run();
    } catch (error) {
      const said = complaintOf(error);
      if (said === undefined) throw error;
      yield* complain(process, "awk", said);
      return 2;
    }
  },
});

/** What awk says of a failed run; undefined for a defect. */
function complaintOf(error: unknown): string | undefined {
  if (error instanceof AwkSyntaxError) return `line 1: ${error.message}`;
  if (error instanceof AwkRuntimeError) return `run time error: ${error.message}`;
  return error instanceof AwkWriteError ? error.message : undefined;
}
