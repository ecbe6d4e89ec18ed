/**
 * What a terminal's output says of its shell: at a prompt, at a prompt that wants the rest of a command, busy, done with
 * an exit code; or that another world's shell has taken the terminal.
 */
export type PromptSign =
  | { readonly sign: "prompt" | "more" | "begins" | "moved" }
  | { readonly sign: "ends"; readonly exitCode: number };

/** The shell's marks (OSC 133), and the way in which a screen is made plain for a shell of another world. */
const SIGN = /\x1b\]133;([ACD])([^\x07\x1b]*)(?:\x07|\x1b\\)|\x1b\[\?1047l\x1b\[\?1000;1002;1003;1006l/;
/** The longest sign, whose beginning may stand at the end of a piece. */
const SIGN_MAX = 64;

/** Reads the signs out of a terminal's output, wherever it is cut. */
export class PromptSigns {
  private readonly decoder = new TextDecoder();
  private rest = "";

  read(bytes: Uint8Array): PromptSign[] {
    const signs: PromptSign[] = [];
    this.rest += this.decoder.decode(bytes, { stream: true });
    for (let found = SIGN.exec(this.rest); found !== null; found = SIGN.exec(this.rest)) {
      this.rest = this.rest.slice(found.index + found[0].length);
      signs.push(signOf(found[1], found[2] ?? ""));
    }
    this.rest = this.rest.slice(-SIGN_MAX);
    return signs;
  }
}

function signOf(letter: string | undefined, fields: string): PromptSign {
  if (letter === "A") return { sign: fields.includes("k=s") ? "more" : "prompt" };
  if (letter === "D") return { sign: "ends", exitCode: Number(/^;(\d+)/.exec(fields)?.[1] ?? 0) };
  return { sign: letter === undefined ? "moved" : "begins" };
}
