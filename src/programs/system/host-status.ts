import { text } from "../../base/bytes.ts";
import { writeText } from "../../machine/file-descriptor.ts";
import type { Process, Program } from "../../machine/process.ts";
import { FsError } from "../../vfs/file-system.ts";

/** hostnamectl: the host's name and system. */
export const hostnamectl: Program = function* (process) {
  const command = process.argv.slice(1).find((arg) => !arg.startsWith("-")) ?? "status";
  if (command !== "status" && command !== "hostname") {
    yield* writeText(process.stderr, `not simulated in this sandbox: hostnamectl ${command}\n`);
    return 1;
  }
  const status: readonly (readonly [string, string])[] = [
    ["Static hostname", process.hostname],
    ["Machine ID", readable(process, "/etc/machine-id").trim()],
    ["Operating System", osRelease(process).get("PRETTY_NAME") ?? "Linux"],
    ["Architecture", "x86-64"],
  ];
  yield* writeText(process.stdout, command === "hostname" ? `${process.hostname}\n` : rows(status, 16));
  return 0;
};

/** lsb_release: the distribution. */
export const lsbRelease: Program = function* (process) {
  const os = osRelease(process);
  const facts: readonly (readonly [letter: string, label: string, value: string])[] = [
    ["i", "Distributor ID", capitalised(os.get("ID") ?? "n/a")],
    ["d", "Description", os.get("PRETTY_NAME") ?? "n/a"],
    ["r", "Release", os.get("VERSION_ID") ?? "n/a"],
    ["c", "Codename", os.get("VERSION_CODENAME") ?? "n/a"],
  ];
  const flags = process.argv.slice(1).join("").replaceAll("-", "");
  const chosen = facts.filter(([letter]) => flags.includes("a") || flags.includes(letter));
  if (chosen.length === 0 || flags.includes("a")) yield* writeText(process.stderr, "No LSB modules are available.\n");
  const short = flags.includes("s");
  for (const [, label, value] of chosen)
    yield* writeText(process.stdout, short ? `${value}\n` : `${label}:\t${value}\n`);
  return 0;
};

/** Labels to the right, values to the left, as systemd's tools print them. */
export function rows(facts: readonly (readonly [string, string])[], width: number): string {
  return facts.map(([label, value]) => `${label.padStart(width)}: ${value}\n`).join("");
}

function capitalised(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}

function osRelease(process: Process): Map<string, string> {
  const pairs = [...readable(process, "/etc/os-release").matchAll(/^(\w+)="?([^"\n]*)"?$/gm)];
  return new Map(pairs.map(([, name = "", value = ""]) => [name, value]));
}

function readable(process: Process, path: string): string {
  try {
    return text(process.fs.readFile(path));
  } catch (error) {
    if (!(error instanceof FsError)) throw error;
    return "";
  }
}
