import type { Task } from "../../sim/task.ts";
import { readHistoryFile, writeHistoryFile } from "../interactive/history-file.ts";
import type { Builtin, Shell } from "../state/shell.ts";
import { print } from "./output.ts";
import { badOption, fail, parseOptions } from "./usage.ts";

/** `history`: lists, clears, deletes, reads and writes the list. */
export const history: Builtin = function* (shell, args) {
  const parsed = parseOptions(args, "cd:anrwps");
  const usage = "history [-c] [-d offset] [n] or history -anrw [filename] or history -ps arg [arg...]";
  if (typeof parsed === "string") return yield* badOption(shell, "history", parsed, usage);
  const { flags, rest } = parsed;
  const list = shell.history;
  const offset = flags.get("d");
  if (flags.has("c")) list.clear();
  else if (offset !== undefined) {
    if (!list.delete(Number(offset))) return yield* fail(shell, "history", `${offset}: history position out of range`);
  } else if (flags.has("w")) writeHistoryFile(shell, rest[0], false);
  else if (flags.has("a")) writeHistoryFile(shell, rest[0], true);
  else if (flags.has("r") || flags.has("n")) readHistoryFile(shell, rest[0]);
  else if (flags.has("s")) list.add(rest.join(" "));
  else if (!flags.has("p")) return yield* listEntries(shell, rest[0]);
  return 0;
};

function* listEntries(shell: Shell, count: string | undefined): Task<number> {
  if (count !== undefined && !/^\d+$/.test(count))
    return yield* fail(shell, "history", `${count}: numeric argument required`);
  const { all, base } = shell.history;
  const from = count === undefined ? 0 : Math.max(0, all.length - Number(count));
  let text = "";
  for (let i = from; i < all.length; i++) text += `${String(base + i).padStart(5)}  ${all[i]}\n`;
  yield* print(shell, text);
  return 0;
}
