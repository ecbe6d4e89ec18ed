import { outputHeard, typeInto } from "../world-store.ts";
import { firstCommand } from "./frame-options.ts";

/** The shell's mark behind its prompt (OSC 133;B): from here on it reads what is typed. */
const PROMPT_ENDS = "\x1b]133;B";

const PASTE_BEGINS = "\x1b[200~";
const PASTE_ENDS = "\x1b[201~";
/** An address may hold any character; of those that steer a terminal only the line's end is a command's. */
const CONTROLS = /[\x00-\x09\x0b-\x1f\x7f-\x9f]/g;

/** Types the command of the address at the first prompt of the world. */
export function typeFirstCommand(): void {
  const command = firstCommand();
  if (command === undefined) return;
  const decoder = new TextDecoder();
  let shown = "";
  const hearing = outputHeard.event(({ id, bytes }) => {
    shown += decoder.decode(bytes, { stream: true });
    if (!shown.includes(PROMPT_ENDS)) return;
    hearing.dispose();
    const text = command.text.replace(CONTROLS, "");
    // Pasted, since the lines of a text that is only to stand there must not be entered.
    typeInto(id, command.run ? `${text.replaceAll("\n", "\r")}\r` : `${PASTE_BEGINS}${text}${PASTE_ENDS}`);
  });
}
