import { outputHeard, typeInto } from "../world-store.ts";
import { firstCommand } from "./frame-options.ts";

/** The shell's mark behind its prompt (OSC 133;B): from here on it reads what is typed. */
const PROMPT_ENDS = "\x1b]133;B";

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
    typeInto(id, command.text.replaceAll("\n", "\r") + (command.run ? "\r" : ""));
  });
}
