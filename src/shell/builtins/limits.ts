import type { Builtin } from "../state/shell.ts";
import { print } from "./output.ts";
import { badOption, fail, parseOptions } from "./usage.ts";

export const umask: Builtin = function* (shell, args) {
  const parsed = parseOptions(args, "pS");
  if (typeof parsed === "string") return yield* badOption(shell, "umask", parsed, "umask [-p] [-S] [mode]");
  const mode = parsed.rest[0];
  if (mode === undefined) {
    const text = parsed.flags.has("S") ? symbolic(shell.process.umask) : octal(shell.process.umask);
    yield* print(shell, `${parsed.flags.has("p") ? "umask " : ""}${text}\n`);
    return 0;
  }
  if (/^[0-9]+$/.test(mode)) {
    if (!/^[0-7]{1,4}$/.test(mode)) return yield* fail(shell, "umask", `${mode}: octal number out of range`);
    shell.process.umask = Number.parseInt(mode, 8) & 0o777;
    return 0;
  }
  const changed = changeSymbolic(shell.process.umask, mode);
  if (changed === undefined)
    return yield* fail(shell, "umask", `\`${mode.charAt(0)}': invalid symbolic mode character`);
  shell.process.umask = changed;
  return 0;
};

function octal(mask: number): string {
  return mask.toString(8).padStart(4, "0");
}

function symbolic(mask: number): string {
  const rights = (shift: number): string => {
    const bits = ~(mask >> shift) & 7;
    return `${bits & 4 ? "r" : ""}${bits & 2 ? "w" : ""}${bits & 1 ? "x" : ""}`;
  };
  return `u=${rights(6)},g=${rights(3)},o=${rights(0)}`;
}

function changeSymbolic(mask: number, mode: string): number | undefined {
  let allowed = ~mask & 0o777;
  for (const clause of mode.split(",")) {
    const match = /^([ugoa]*)([-+=])([rwx]*)$/.exec(clause);
    if (match === null) return undefined;
    const [, who = "", operator, rights = ""] = match;
    const bits = (rights.includes("r") ? 4 : 0) | (rights.includes("w") ? 2 : 0) | (rights.includes("x") ? 1 : 0);
    for (const [letter, shift] of [
      ["u", 6],
      ["g", 3],
      ["o", 0],
    ] as const) {
      if (who !== "" && !who.includes("a") && !who.includes(letter)) continue;
      if (operator === "=") allowed &= ~(7 << shift);
      allowed = operator === "-" ? allowed & ~(bits << shift) : allowed | (bits << shift);
    }
  }
  return ~allowed & 0o777;
}

/** The limits of a Debian host, which nothing here enforces but the machine's own. */
const LIMITS = [
  { letter: "R", name: "real-time non-blocking time", unit: "microseconds", value: "unlimited" },
  { letter: "c", name: "core file size", unit: "blocks", value: "0" },
  { letter: "d", name: "data seg size", unit: "kbytes", value: "unlimited" },
  { letter: "e", name: "scheduling priority", unit: "", value: "0" },
  { letter: "f", name: "file size", unit: "blocks", value: "unlimited" },
  { letter: "i", name: "pending signals", unit: "", value: "15462" },
  { letter: "l", name: "max locked memory", unit: "kbytes", value: "502596" },
  { letter: "m", name: "max memory size", unit: "kbytes", value: "unlimited" },
  { letter: "n", name: "open files", unit: "", value: "1024" },
  { letter: "p", name: "pipe size", unit: "512 bytes", value: "8" },
  { letter: "q", name: "POSIX message queues", unit: "bytes", value: "819200" },
  { letter: "r", name: "real-time priority", unit: "", value: "0" },
  { letter: "s", name: "stack size", unit: "kbytes", value: "8192" },
  { letter: "t", name: "cpu time", unit: "seconds", value: "unlimited" },
  { letter: "u", name: "max user processes", unit: "", value: "15462" },
  { letter: "v", name: "virtual memory", unit: "kbytes", value: "unlimited" },
  { letter: "x", name: "file locks", unit: "", value: "unlimited" },
] as const;

export const ulimit: Builtin = function* (shell, args) {
  const parsed = parseOptions(args, "SHabcdefiklmnpqrstuvxPRT");
  if (typeof parsed === "string")
    return yield* badOption(shell, "ulimit", parsed, "ulimit [-SHabcdefiklmnpqrstuvxPRT] [limit]");
  if (parsed.flags.has("a")) {
    const lines = LIMITS.map(({ letter, name, unit, value }) => {
      const option = `(${unit === "" ? "" : `${unit}, `}-${letter})`;
      return `${name.padEnd(28 + 17 - option.length - 1)} ${option} ${value}\n`;
    });
    yield* print(shell, lines.join(""));
    return 0;
  }
  if (parsed.rest.length > 0) {
    yield* shell.writeError("not simulated in this sandbox: changing limits\n");
    return 1;
  }
  const letter = [...parsed.flags.keys()].find((flag) => flag !== "S" && flag !== "H") ?? "f";
  yield* print(shell, `${LIMITS.find((limit) => limit.letter === letter)?.value ?? "unlimited"}\n`);
  return 0;
};

export const times: Builtin = function* (shell) {
  yield* print(shell, "0m0.002s 0m0.001s\n0m0.000s 0m0.000s\n");
  return 0;
};

export const caller: Builtin = function* (shell, args) {
  const frame = shell.frames[shell.frames.length - 1 - Number(args[0] ?? 0)];
  if (frame === undefined) return 1;
  const name = shell.frames[shell.frames.length - 2]?.name ?? "main";
  const place = args[0] === undefined ? "" : `${name} `;
  yield* print(shell, `${frame.calledAtLine} ${place}${shell.start.interactive ? "NULL" : shell.name}\n`);
  return 0;
};
