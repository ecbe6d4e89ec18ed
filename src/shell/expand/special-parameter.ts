import type { Shell } from "../state/shell.ts";

/** What a parameter holds: one text (undefined when unset), or a list that `@` and `*` give. */
export type ParameterValue =
  | { readonly kind: "one"; readonly text: string | undefined }
  | { readonly kind: "many"; readonly items: readonly string[]; readonly star: boolean };

/** The value of a parameter by name: special, positional, or a variable without index. */
export function readParameter(shell: Shell, name: string): ParameterValue {
  if (name === "@" || name === "*") return { kind: "many", items: shell.positional, star: name === "*" };
  return { kind: "one", text: readSingle(shell, name) };
}

function readSingle(shell: Shell, name: string): string | undefined {
  const first = name.charCodeAt(0);
  if (first >= 48 && first <= 57) {
    const index = Number(name);
    return index === 0 ? shell.name : shell.positional[index - 1];
  }
  switch (name) {
    case "#":
      return String(shell.positional.length);
    case "?":
      return String(shell.status);
    case "$":
      return String(shell.mainPid);
    case "!":
      return shell.lastBackgroundPid === undefined ? undefined : String(shell.lastBackgroundPid);
    case "-":
      return shell.options.letters(shell.start.interactive, shell.start.commandString);
    case "_":
      return shell.lastArgument;
    default:
      return shell.variables.get(name);
  }
}

/** Whether the parameter has a value. */
export function isSet(shell: Shell, name: string): boolean {
  const value = readParameter(shell, name);
  if (value.kind === "many") return value.items.length > 0;
  return value.text !== undefined;
}
