import type { Task } from "../../sim/task.ts";
import { assignArray, assignText } from "../run/assignment.ts";
import { declarationOf } from "../state/declaration.ts";
import { IndexedArray } from "../state/indexed-array.ts";
import type { Builtin, Shell } from "../state/shell.ts";
import { scalarOf, type Variable } from "../state/variable.ts";
import { toArray, VariableError } from "../state/variables.ts";
import { functionText } from "./function-text.ts";
import { print } from "./output.ts";
import { badOption } from "./usage.ts";

/** `declare`, `local`, `export`, `readonly` read the same arguments; this says how they differ. */
interface Declarer {
  readonly name: string;
  readonly letters: string;
  readonly usage: string;
  /** Attributes that the command itself gives. */
  readonly attributes: string;
}

interface Request {
  readonly declarer: Declarer;
  /** Letters given with `-` and with `+`. */
  readonly on: ReadonlySet<string>;
  readonly off: ReadonlySet<string>;
}

function declarer(spec: Declarer): Builtin {
  return function* (shell, args) {
    if (spec.name === "local" && !shell.inFunction) {
      yield* shell.complain("local: can only be used in a function");
      return 1;
    }
    const on = new Set(spec.attributes);
    const off = new Set<string>();
    let at = 0;
    for (; at < args.length && /^[-+]./.test(args[at] ?? ""); at++) {
      const arg = args[at] ?? "";
      if (arg === "--") {
        at++;
        break;
      }
      for (const letter of arg.slice(1)) {
        if (!spec.letters.includes(letter)) return yield* badOption(shell, spec.name, `-${letter}`, spec.usage);
        (arg.startsWith("-") ? on : off).add(letter);
      }
    }
    return yield* carryOut(shell, { declarer: spec, on, off }, args.slice(at));
  };
}

export const declare = declarer({
  name: "declare",
  letters: "aAfFgiIlnprtux",
  usage: "declare [-aAfFgiIlnrtux] [name[=value] ...] or declare -p [-aAfFilnrtux] [name ...]",
  attributes: "",
});
export const local = declarer({
  name: "local",
  letters: "aAgiIlnprtux",
  usage: "local [option] name[=value] ...",
  attributes: "",
});
export const exportNames = declarer({
  name: "export",
  letters: "fnp",
  usage: "export [-fn] [name[=value] ...] or export -p",
  attributes: "x",
});
export const readonlyNames = declarer({
  name: "readonly",
  letters: "aAfp",
  usage: "readonly [-aAf] [name[=value] ...] or readonly -p",
  attributes: "r",
});

function* carryOut(shell: Shell, request: Request, names: readonly string[]): Task<number> {
  const { on, declarer: spec } = request;
  if ((on.has("f") || on.has("F")) && spec.name === "declare") return yield* showFunctions(shell, on.has("F"), names);
  if (names.length === 0) return yield* listMatching(shell, request);
  let status = 0;
  for (const text of names) {
    const done = on.has("p") && spec.name === "declare" ? yield* show(shell, text) : yield* one(shell, request, text);
    if (!done) status = 1;
  }
  return status;
}

function* show(shell: Shell, name: string): Task<boolean> {
  const line = declarationOf(shell.variables, name);
  if (line === undefined) yield* shell.complain(`declare: ${name}: not found`);
  else yield* print(shell, `${line}\n`);
  return line !== undefined;
}

function* listMatching(shell: Shell, request: Request): Task<number> {
  const wanted = [...request.on].filter((letter) => "aAilnrux".includes(letter));
  let text = "";
  for (const name of shell.variables.names()) {
    if (request.declarer.name === "local" && !shell.variables.hasLocal(name)) continue;
    const line = declarationOf(shell.variables, name);
    const letters = line === undefined ? "" : (line.split(" ")[1] ?? "");
    if (line !== undefined && wanted.every((letter) => letters.includes(letter))) text += `${line}\n`;
  }
  yield* print(shell, text);
  return 0;
}

function* showFunctions(shell: Shell, namesOnly: boolean, names: readonly string[]): Task<number> {
  let status = 0;
  for (const name of names.length > 0 ? names : [...shell.functions.keys()].sort()) {
    const definition = shell.functions.get(name);
    if (definition === undefined) status = 1;
    else if (namesOnly) yield* print(shell, names.length > 0 ? `${name}\n` : `declare -f ${name}\n`);
    else yield* print(shell, functionText(definition));
  }
  return status;
}

const ARGUMENT = /^([A-Za-z_]\w*)(?:\[([^\]]*)\])?(?:(\+?)=([\s\S]*))?$/;

function* one(shell: Shell, request: Request, text: string): Task<boolean> {
  const match = ARGUMENT.exec(text);
  const name = match?.[1];
  if (match === null || name === undefined) {
    yield* shell.complain(`${request.declarer.name}: \`${text}': not a valid identifier`);
    return false;
  }
  try {
    const variable = variableFor(shell, request, name);
    if (variable.readonly && (match[4] !== undefined || request.off.has("r"))) {
      throw new VariableError(`${name}: readonly variable`);
    }
    giveShape(request, variable);
    yield* giveValue(shell, name, text, match);
    giveAttributes(shell, request, variable);
    return true;
  } catch (error) {
    if (!(error instanceof VariableError)) throw error;
    yield* shell.complain(request.declarer.name === "local" ? `local: ${error.message}` : error.message);
    return false;
  }
}

/** `local` and `declare` in a function make locals; `export` and `readonly` take what is found. */
function variableFor(shell: Shell, request: Request, name: string): Variable {
  const { variables } = shell;
  const makesLocal = request.declarer.name === "local" || request.declarer.name === "declare";
  if (makesLocal && shell.inFunction && !request.on.has("g")) {
    const outer = request.on.has("I") ? variables.get(name) : undefined;
    const fresh = variables.local(name);
    if (outer !== undefined && fresh.value === undefined) fresh.value = outer;
    return fresh;
  }
  if (request.on.has("g")) return variables.global(name);
  return variables.owner(request.on.has("n") ? name : variables.resolve(name));
}

function giveShape(request: Request, variable: Variable): void {
  if (request.on.has("A") && !(variable.value instanceof Map)) variable.value = new Map();
  if (request.on.has("a") && !(variable.value instanceof IndexedArray)) toArray(variable);
  if (request.on.has("i")) variable.integer = true;
  if (request.off.has("i")) variable.integer = false;
  if (request.on.has("l")) variable.letterCase = "lower";
  if (request.on.has("u")) variable.letterCase = "upper";
  if (request.off.has("l") || request.off.has("u")) variable.letterCase = undefined;
}

function* giveValue(shell: Shell, name: string, text: string, match: RegExpExecArray): Task<void> {
  const array = shell.arrayArguments.get(text);
  if (array !== undefined) return yield* assignArray(shell, name, array);
  const [, , index, append, value] = match;
  if (value === undefined) return;
  if (index === undefined) return assignText(shell, name, value, append === "+");
  const isMap = shell.variables.find(name)?.value instanceof Map;
  shell.variables.setElement(name, isMap ? index : Number(index) || 0, value);
}

function giveAttributes(shell: Shell, request: Request, variable: Variable): void {
  const unexport = request.declarer.name === "export" && request.on.has("n");
  if (request.on.has("x")) variable.exported = !unexport;
  if (request.off.has("x")) variable.exported = false;
  if (request.on.has("r")) variable.readonly = true;
  if (request.on.has("n") && request.declarer.name !== "export") variable.reference = true;
  if (request.off.has("n")) variable.reference = false;
  shell.variables.touch();
}

export const unset: Builtin = function* (shell, args) {
  let status = 0;
  const mode = /^-[vfn]$/.test(args[0] ?? "") ? args[0] : undefined;
  for (const name of mode === undefined ? args : args.slice(1)) {
    const element = /^([A-Za-z_]\w*)\[(.+)\]$/.exec(name);
    try {
      if (element !== null) unsetElement(shell, element[1] ?? "", element[2] ?? "");
      else if (mode === "-f" || (mode === undefined && shell.variables.find(name) === undefined)) {
        shell.functions.delete(name);
      } else shell.variables.unset(mode === "-n" ? name : shell.variables.resolve(name));
    } catch (error) {
      if (!(error instanceof VariableError)) throw error;
      yield* shell.complain(`unset: ${error.message}`);
      status = 1;
    }
  }
  return status;
};

function unsetElement(shell: Shell, name: string, key: string): void {
  const variable = shell.variables.find(name);
  if (variable === undefined) return;
  if (variable.readonly) throw new VariableError(`${name}: cannot unset: readonly variable`);
  const { value } = variable;
  if (key === "@" || key === "*") shell.variables.unset(name);
  else if (value instanceof Map) value.delete(key);
  else if (value instanceof IndexedArray) value.delete(Number(key) < 0 ? value.end + Number(key) : Number(key));
  else if (key === "0" && scalarOf(variable) !== undefined) shell.variables.unset(name);
}
