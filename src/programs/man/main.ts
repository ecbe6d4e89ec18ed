import { concat, text, utf8 } from "../../base/bytes.ts";
import { bytesDescriptor, nullDescriptor, sinkDescriptor } from "../../machine/descriptor.ts";
import { type FileDescriptor, writeText } from "../../machine/file-descriptor.ts";
import type { Process, Program } from "../../machine/process.ts";
import { type Task, waitAtMost, waitFor } from "../../sim/task.ts";
import { FsError } from "../../vfs/file-system.ts";

/** A program that has not said its help by then has none. */
const HELP_LIMIT_MS = 2000;
const NO_ENTRY = 16;

/** Where to read on, by the program's family. */
const POINTERS: readonly (readonly [names: RegExp, pointer: string])[] = [
  [/^(kubectl|kubeadm|kubelet|kube-.*)$/, "https://kubernetes.io/docs/reference/"],
  [/^etcd(ctl|utl)?$/, "https://etcd.io/docs/v3.6/"],
  [/^crictl$/, "https://github.com/kubernetes-sigs/cri-tools"],
  [/^openssl$/, "https://docs.openssl.org/"],
  [/^(systemctl|journalctl)$/, "https://www.freedesktop.org/software/systemd/man/"],
  [/^(vi|vim|view)$/, "https://vimhelp.org/"],
  [/^jq$/, "https://jqlang.org/manual/"],
];

/** man: what the programs of this host say about themselves, a page at a time. */
export const man: Program = function* (process) {
  const names = process.argv.slice(1).filter((arg) => !arg.startsWith("-"));
  const section = /^[1-9]$/.test(names[0] ?? "") && names.length > 1 ? names.shift() : undefined;
  if (names.length === 0) {
    yield* writeText(process.stderr, "What manual page do you want?\nFor example, try 'man man'.\n");
    return 1;
  }
  let code = 0;
  for (const name of names) {
    const page = name === "man" ? ABOUT_MAN : yield* pageOf(process, name);
    if (page === undefined) {
      const where = section === undefined ? "" : ` in section ${section}`;
      yield* writeText(process.stderr, `No manual entry for ${name}${where}\n`);
      code = NO_ENTRY;
    } else code = yield* show(process, page);
  }
  return code;
};

const ABOUT_MAN = manual(
  "man",
  "man [SECTION] NAME...\n\nShow what the program NAME says about itself, a page at a time. The pages here are made from\neach program's own help.\n",
);

/** A page in the usual layout. */
function manual(name: string, help: string): string {
  const title = `${name.toUpperCase()}(1)`;
  const pointer = POINTERS.find(([names]) => names.test(name))?.[1];
  const indented = help
    .trimEnd()
    .split("\n")
    .map((line) => (line === "" ? "" : `       ${line}`))
    .join("\n");
  const more = pointer === undefined ? "" : `\nSEE ALSO\n       ${pointer}\n`;
  return `${title}${"Commands of this sandbox".padStart(44).padEnd(64 - title.length)}${title}\n\nNAME\n       ${name}\n\nDESCRIPTION\n${indented}\n${more}`;
}

function* pageOf(process: Process, name: string): Task<string | undefined> {
  if (name.includes("/") || process.which(name) === undefined) return undefined;
  const help = yield* helpOf(process, name);
  return help === undefined ? undefined : manual(name, help);
}

/** What `NAME --help` says; undefined when it is no help. */
function* helpOf(process: Process, name: string): Task<string | undefined> {
  const out: Uint8Array[] = [];
  const sink = sinkDescriptor((data) => out.push(data));
  const fds = new Map<number, FileDescriptor>([
    [0, nullDescriptor()],
    [1, sink],
    [2, sink],
  ]);
  try {
    const child = process.spawn({ argv: [name, "--help"], fds, newSession: true });
    const ended = yield* waitAtMost(process.clock, child.exited, HELP_LIMIT_MS);
    if (ended.status === "timeout") {
      child.kill("SIGKILL");
      return undefined;
    }
  } catch (error) {
    if (!(error instanceof FsError)) throw error;
    return undefined;
  }
  const said = text(concat(out));
  return said.trim() === "" ? undefined : said;
}

function* show(process: Process, page: string): Task<number> {
  const pager = process.env.get("MANPAGER") ?? process.env.get("PAGER") ?? "less";
  if (process.stdout.kind === "terminal" && process.terminal !== undefined && process.which(pager) !== undefined) {
    const fds = new Map([...process.fds, [0, bytesDescriptor(utf8(page))] as const]);
    const child = process.spawn({ argv: [pager], fds });
    return yield* waitFor(child.exited);
  }
  yield* writeText(process.stdout, page);
  return 0;
}
