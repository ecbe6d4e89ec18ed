import type { Program } from "../../machine/process.ts";
import { waitFor } from "../../sim/task.ts";

/** A program that does what the shell's built-in of that name does: for `xargs`, `find -exec`, `watch … -- echo`. */
function twin(name: string): Program {
  return function* (process) {
    const child = process.spawn({ argv: ["sh", "-c", `${name} "$@"`, name, ...process.argv.slice(1)] });
    return yield* waitFor(child.exited);
  };
}

export const echo = twin("echo");
export const printf = twin("printf");
export const pwd = twin("pwd");
export const test = twin("test");
export const bracket = twin("[");

export const true_: Program = function* () {
  return 0;
};

export const false_: Program = function* () {
  return 1;
};
