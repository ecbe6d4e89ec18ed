import { MarkReader } from "../../base/prompt-mark.ts";
import { markKey, outputHeard, typeInto } from "../world-store.ts";
import { firstCommand } from "./frame-options.ts";

const PASTE_BEGINS = "\x1b[200~";
const PASTE_ENDS = "\x1b[201~";
/** An address may hold any character; of those that steer a terminal only the line's end is a command's. */
const CONTROLS = /[\x00-\x09\x0b-\x1f\x7f-\x9f]/g;

/** Types the command of the address at the first prompt of the world. */
export function typeFirstCommand(): void {
  const command = firstCommand();
  if (command === undefined) return;
  const decoder = new TextDecoder();
  const marks = new MarkReader(markKey);
  const hearing = outputHeard.event(({ id, bytes }) => {
    const parts = marks.read(decoder.decode(bytes, { stream: true }));
    if (!parts.some((part) => typeof part !== "string" && part.kind === "input")) return;
    hearing.dispose();
    const text = command.text.replace(CONTROLS, "");
    // Pasted, since the lines of a text that is only to stand there must not be entered.
    typeInto(id, command.run ? `${text.replaceAll("\n", "\r")}\r` : `${PASTE_BEGINS}${text}${PASTE_ENDS}`);
  });
}
