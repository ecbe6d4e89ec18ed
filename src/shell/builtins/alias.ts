import type { Builtin } from "../state/shell.ts";
import { print } from "./output.ts";
import { fail } from "./usage.ts";

function aliasLine(name: string, value: string): string {
  return `alias ${name}='${value.replaceAll("'", "'\\''")}'\n`;
}

export const alias: Builtin = function* (shell, args) {
  const given = args.filter((arg) => arg !== "-p");
  if (given.length === 0) {
    yield* print(
      shell,
      [...shell.aliases]
        .sort(byName)
        .map(([name, value]) => aliasLine(name, value))
        .join(""),
    );
    return 0;
  }
  let status = 0;
  for (const arg of given) {
    const equals = arg.indexOf("=", 1);
    const name = equals < 0 ? arg : arg.slice(0, equals);
    const value = shell.aliases.get(name);
    if (equals > 0 && /[\s/$`=|&;()<>'"\\]/.test(name))
      status = yield* fail(shell, "alias", `\`${name}': invalid alias name`);
    else if (equals > 0) shell.aliases.set(name, arg.slice(equals + 1));
    else if (value !== undefined) yield* print(shell, aliasLine(name, value));
    else status = yield* fail(shell, "alias", `${name}: not found`);
  }
  return status;
};

function byName([a]: [string, string], [b]: [string, string]): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

export const unalias: Builtin = function* (shell, args) {
  if (args.length === 0) {
    yield* shell.writeError("unalias: usage: unalias [-a] name [name ...]\n");
    return 2;
  }
  let status = 0;
  for (const name of args) {
    if (name === "-a") shell.aliases.clear();
    else if (!shell.aliases.delete(name)) status = yield* fail(shell, "unalias", `${name}: not found`);
  }
  return status;
};
