import { FsError } from "../../vfs/file-system.ts";
import { shellQuote } from "../expand/quote.ts";
import { DescriptorReader } from "../run/descriptor-reader.ts";
import { runText } from "../run/script.ts";
import { IndexedArray } from "../state/indexed-array.ts";
import type { Builtin } from "../state/shell.ts";
import { toArray } from "../state/variables.ts";
import { badOption, fail, parseOptions } from "./usage.ts";

/** `mapfile` and `readarray`: lines into an array. */
export const mapfile: Builtin = function* (shell, args) {
  const parsed = parseOptions(args, "d:n:O:s:tu:C:c:");
  const usage = "mapfile [-d delim] [-n count] [-O origin] [-s count] [-t] [-u fd] [-C callback] [-c quantum] [array]";
  if (typeof parsed === "string") return yield* badOption(shell, "mapfile", parsed, usage);
  const { flags, rest } = parsed;
  const name = rest[0] ?? "MAPFILE";
  if (!/^[A-Za-z_]\w*$/.test(name)) return yield* fail(shell, "mapfile", `\`${name}': not a valid identifier`);
  const delimiter = flags.get("d");
  const byte = delimiter === undefined ? 10 : delimiter === "" ? 0 : delimiter.charCodeAt(0);
  const origin = Number(flags.get("O") ?? 0);
  const countMax = Number(flags.get("n") ?? 0) || Number.POSITIVE_INFINITY;
  if (!flags.has("O")) shell.variables.setWhole(name, new IndexedArray());
  const array = toArray(shell.variables.writable(name));
  const reader = new DescriptorReader(shell, Number(flags.get("u") ?? 0));
  try {
    let skip = Number(flags.get("s") ?? 0);
    for (let count = 0; count < countMax; ) {
      const line = yield* reader.line(byte);
      if (line === undefined) break;
      if (skip-- > 0) continue;
      const text = flags.has("t") || !reader.complete ? line : line + String.fromCharCode(byte);
      const callback = flags.get("C");
      const quantum = Number(flags.get("c") ?? 5000);
      if (callback !== undefined && (count + 1) % quantum === 0) {
        const command = `${callback} ${origin + count} ${shellQuote(text)}`;
        yield* runText(shell, command, { name: shell.unit.name, firstLine: shell.line, kind: shell.unit.kind });
      }
      array.set(origin + count, text);
      count++;
    }
  } catch (error) {
    if (!(error instanceof FsError)) throw error;
    return yield* fail(shell, "mapfile", `${flags.get("u") ?? 0}: invalid file descriptor: ${error.message}`);
  }
  return 0;
};
