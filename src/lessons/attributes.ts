/** What stands in `{#id key=value key="two words" flag}`, or after a fence's language. */
export interface Attributes {
  readonly id: string | undefined;
  readonly values: ReadonlyMap<string, string>;
  readonly flags: ReadonlySet<string>;
}

const WORD = /#([\w-]+)|([\w-]+)=(?:"([^"]*)"|([^\s"]+))|([\w-]+)|\s+/y;

/** Reads attributes; undefined when the text is none. */
export function readAttributes(text: string): Attributes | undefined {
  let id: string | undefined;
  const values = new Map<string, string>();
  const flags = new Set<string>();
  WORD.lastIndex = 0;
  while (WORD.lastIndex < text.length) {
    const word = WORD.exec(text);
    if (word === null) return undefined;
    const [, named, key, quoted, bare, flag] = word;
    if (named !== undefined) id = named;
    if (key !== undefined) values.set(key, quoted ?? bare ?? "");
    if (flag !== undefined) flags.add(flag);
  }
  return { id: id ?? values.get("id"), values, flags };
}

export const NO_ATTRIBUTES: Attributes = { id: undefined, values: new Map(), flags: new Set() };
