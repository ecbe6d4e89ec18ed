import { writeText } from "../../machine/file-descriptor.ts";
import type { Program } from "../../machine/process.ts";
import { type Ahead, preview } from "./preview.ts";
import { goBack, WAY_BACK_COMMANDS, type WayBack } from "./way-back.ts";

/** What the sandbox imitates, made by the composition root from its code. */
export interface SupportTable {
  /** Programs that are there, by name. */
  readonly programs: readonly string[];
  /** What is refused as `not simulated in this sandbox`, by program: its commands, or what it is about. */
  readonly refused: readonly { readonly program: string; readonly what: string }[];
  /** Versions that are imitated, for example `Kubernetes` and `v1.35.2`. */
  readonly versions: readonly (readonly [name: string, version: string])[];
}

const ABOUT = `This is a small cluster that lives in your browser tab: hosts with disks, processes and a network, and on
them etcd, a Kubernetes API server, controllers and kubelets. Nothing here is a script: what you see happens because of
what the cluster's parts do, so you may break anything. Nobody else sees it, and you can always start again.

  kubectl get pods -A          what runs in the cluster
  etcdctl get / --prefix --keys-only
                               what etcd holds; certificates are in /etc/kubernetes/pki/etcd
  ssh HOST                     another host of this world, see /etc/hosts
  less, vi, nano, man          look at files, change them, read about programs

Whatever you have done, you can go back. The same is in the page's head, also while a command hangs:

  lab undo, lab redo           take back the last command that changed something, and do it again
  lab checkpoint NAME          remember the world as it is now
  lab restore NAME             go back to it
  lab list                     where you can go back to: checkpoints by name, commands by number (lab restore '#7')
  lab diff [A] [B]             what has changed between two of these places, or since the last change began
  lab reset                    start again

Before you do something, see what it would do, on a copy of this world that runs ahead:

  lab preview 'COMMAND'        which pods die, what comes back and when, what is gone for good, what would be safer

  lab help                     this text
  lab support                  what is imitated here and what is not
`;

/** lab: the sandbox's own command. */
export function labProgram(table: SupportTable, back: WayBack | undefined, ahead?: Ahead): Program {
  return function* (process) {
    const [command = "help", ...rest] = process.argv.slice(1);
    if (command === "help" || command === "--help" || command === "-h") {
      yield* writeText(process.stdout, ABOUT);
      return 0;
    }
    if (command === "support" && rest.length === 0) {
      yield* writeText(process.stdout, supportText(table));
      return 0;
    }
    if (command === "preview") return yield* preview(process, ahead, rest);
    if (Object.hasOwn(WAY_BACK_COMMANDS, command)) return yield* goBack(process, back, command, rest);
    yield* writeText(process.stderr, `lab: unknown command: ${[command, ...rest].join(" ")}; see lab help\n`);
    return 1;
  };
}

function supportText(table: SupportTable): string {
  const versions = table.versions.map(([name, version]) => `  ${name.padEnd(24)}${version}\n`).join("");
  const refused = [...table.refused].sort((a, b) => (a.program < b.program ? -1 : 1));
  const width = Math.max(12, ...refused.map(({ program }) => program.length + 2));
  const missing = refused.map(({ program, what }) => `  ${program.padEnd(width)}${what}\n`).join("");
  return `Imitated:\n${versions}\nPrograms:\n${inLines([...table.programs].sort(), 76)}\nThere, but refused ("not simulated in this sandbox"):\n${missing}`;
}

function inLines(words: readonly string[], width: number): string {
  let text = "";
  let line = " ";
  for (const word of words) {
    if (line.length + 1 + word.length > width) {
      text += `${line}\n`;
      line = " ";
    }
    line += ` ${word}`;
  }
  return line.trim() === "" ? text : `${text}${line}\n`;
}
