import { sha512 } from "@noble/hashes/sha2.js";
import { hex, utf8 } from "../../base/bytes.ts";
import { goJson } from "../../base/go-json.ts";
import type { ServerBlock, Token } from "./corefile.ts";

/** The sum by which the plugin `reload` knows a configuration: of what was parsed, as JSON, not of the file's text. */
export function configurationSum(blocks: readonly ServerBlock[]): string {
  const parsed = blocks.map(({ keys, directives }) => ({ Keys: keys, Tokens: byName(directives) }));
  return hex(sha512(utf8(goJson(parsed, { sortKeys: false }))));
}

/** Go writes the keys of a map in order; plugins that are named twice share theirs. */
function byName(directives: ServerBlock["directives"]) {
  const tokens: Record<string, object[]> = {};
  for (const name of [...new Set(directives.map((directive) => directive.name))].sort())
    tokens[name] = directives.filter((each) => each.name === name).flatMap((each) => each.tokens.map(tokenOf));
  return tokens;
}

function tokenOf({ line, text }: Token): object {
  return { File: "", Line: line, Text: text };
}
