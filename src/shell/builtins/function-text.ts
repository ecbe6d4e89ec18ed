import type { ShellFunction } from "../state/shell.ts";

/** A function as `declare -f` shows it: bash's heading, the body as it was written, lines joined to nothing. */
export function functionText(definition: ShellFunction): string {
  const { body, unit, name } = definition;
  const source = unit.text.slice(body.pos, body.end);
  return `${name} () \n${layOut(source)}\n`;
}

/** A one-line `{ a; b; }` is laid out as bash does; longer bodies keep their lines. */
function layOut(source: string): string {
  if (source.includes("\n") || !source.startsWith("{")) return source;
  const inside = source.slice(1, -1).trim().replace(/;$/, "");
  if (/["'`$(){}]|<</.test(inside)) return `{ \n    ${inside}\n}`;
  const commands = inside.split(/;\s*/);
  return `{ \n${commands.map((command, i) => `    ${command}${i < commands.length - 1 ? ";" : ""}`).join("\n")}\n}`;
}
