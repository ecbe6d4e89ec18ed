/** One plugin of a server block with its arguments and the lines of its own block. */
export interface Directive {
  readonly name: string;
  readonly args: readonly string[];
  readonly block: readonly (readonly string[])[];
  /** All words of it, braces included. */
  readonly tokens: readonly Token[];
}

/** `.:53 { … }`: the zones and the port that a server answers for, and its plugins. */
export interface ServerBlock {
  readonly zones: readonly string[];
  readonly port: number;
  /** What stands before its brace. */
  readonly keys: readonly string[];
  readonly directives: readonly Directive[];
}

/** A Corefile that can't be used; `message` is what follows the file's name. */
export class CorefileError extends Error {}

/** A word, and the number of its line. */
export interface Token {
  readonly text: string;
  readonly line: number;
}

/** Reads a Corefile: server blocks with plugins, each with arguments and maybe a block. Throws CorefileError. */
export function parseCorefile(text: string): readonly ServerBlock[] {
  const lines = text.split("\n").map((line, index) => words(line).map((word) => ({ text: word, line: index + 1 })));
  const rows = lines.filter((row) => row.length > 0);
  const blocks: ServerBlock[] = [];
  for (let row = rows.shift(); row !== undefined; row = rows.shift()) {
    const keys = row.map(({ text }) => text);
    if (keys.pop() !== "{") throw unexpected(rows[0]?.[0] ?? row[0], "Unexpected end of file");
    blocks.push({ ...address(keys), keys, directives: directives(rows) });
  }
  return blocks;
}

function directives(rows: Token[][]): Directive[] {
  const found: Directive[] = [];
  for (let row = rows.shift(); row !== undefined; row = rows.shift()) {
    const [name, ...args] = row.map(({ text }) => text);
    if (name === "}") return found;
    const inner = args.at(-1) === "{" ? ownBlock(rows) : [];
    const block = inner.slice(0, -1).map((words) => words.map(({ text }) => text));
    const plain = inner.length > 0 ? args.slice(0, -1) : args;
    found.push({ name: name ?? "", args: plain, block, tokens: [...row, ...inner.flat()] });
  }
  throw new CorefileError("Unexpected EOF");
}

/** The rows of a plugin's own block, that of its closing brace included. */
function ownBlock(rows: Token[][]): Token[][] {
  const block: Token[][] = [];
  for (let row = rows.shift(); row !== undefined; row = rows.shift()) {
    block.push(row);
    if (row[0]?.text === "}") return block;
  }
  throw new CorefileError("Unexpected EOF");
}

/** `cluster.local:53 example.org` as zones and a port. */
function address(keys: readonly string[]): { zones: string[]; port: number } {
  const zones: string[] = [];
  let port = 53;
  for (const key of keys) {
    const match = /^(?:dns:\/\/)?([^:]*)(?::(\d+))?,?$/.exec(key);
    if (match === null) throw new CorefileError(`Unexpected address '${key}'`);
    zones.push(zoneName(match[1] ?? "."));
    if (match[2] !== undefined) port = Number(match[2]);
  }
  return { zones: zones.length === 0 ? [""] : zones, port };
}

/** A zone without its last dot; the root is empty. */
export function zoneName(text: string): string {
  return text.toLowerCase().replace(/\.$/, "");
}

/** Whether a name lies in a zone. */
export function inZone(name: string, zone: string): boolean {
  return zone === "" || name === zone || name.endsWith(`.${zone}`);
}

function words(line: string): string[] {
  const found = line.match(/"[^"]*"|[^\s"]+/g) ?? [];
  const comment = found.findIndex((word) => word.startsWith("#"));
  return (comment < 0 ? found : found.slice(0, comment)).map((word) => word.replace(/^"|"$/g, ""));
}

function unexpected(token: Token | undefined, message: string): CorefileError {
  return new CorefileError(token === undefined ? message : `${token.line} - Error during parsing: ${message}`);
}
