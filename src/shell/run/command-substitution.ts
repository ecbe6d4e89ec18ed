import type { Script } from "unbash";
import { decodeShellText } from "../../base/byte-text.ts";
import type { FileDescriptor } from "../../machine/file-descriptor.ts";
import { HeldBytes, MEMORY_MAX } from "../../machine/memory.ts";
import { openPath } from "../../machine/open-path.ts";
import { createPipe } from "../../machine/pipe.ts";
import { type Task, waitFor } from "../../sim/task.ts";
import { FsError } from "../../vfs/file-system.ts";
import { expandWords } from "../expand/word.ts";
import { ExpansionError } from "../state/control.ts";
import { type Shell, SPAWN_MS } from "../state/shell.ts";
import { SourceUnit } from "../state/source-unit.ts";
import { passInterruptOn } from "./foreground.ts";
import { runStatements } from "./list.ts";
import { spawnOrFail } from "./spawn.ts";
import { subshellBody } from "./subshell.ts";

/** The output of a script run in a subshell, without its last newlines; the status is left in the shell. */
export function* captureScript(shell: Shell, script: Script): Task<string> {
  const file = fileRead(script);
  if (file !== undefined) return yield* captureFile(shell, file);
  const { reader, writer } = createPipe();
  const fds = new Map(shell.process.fds);
  fds.set(1, writer);
  const unit = script.source === undefined ? undefined : new SourceUnit(shell.unit.name, script.source, shell.line);
  const body = subshellBody(shell, (copy) => {
    copy.conditionDepth = 0;
    copy.loopDepth = 0;
    if (unit !== undefined) copy.unit = unit;
    if (!copy.options.has("posix") && !copy.options.shopt("inherit_errexit")) copy.options.set("errexit", false);
    return runStatements(copy, script.commands);
  });
  try {
    const child = yield* spawnOrFail(shell, { argv: [shell.start.name], fds, body });
    passInterruptOn(shell, [child]);
    writer.close();
    const text = stripEnd(decodeShellText(yield* readWithoutNull(shell, reader)));
    shell.status = yield* waitFor(child.exited);
    shell.substitutionStatus = shell.status;
    shell.charge(SPAWN_MS);
    yield* shell.pay();
    return text;
  } finally {
    writer.close();
    reader.close();
  }
}

/** `$(< file)`. */
function fileRead(script: Script): Parameters<typeof expandWords>[1][number] | undefined {
  const command = script.commands.length === 1 ? script.commands[0]?.command : undefined;
  if (command?.type !== "Command" || command.name !== undefined || command.args.length > 0) return undefined;
  const redirect = command.redirects.length === 1 ? command.redirects[0] : undefined;
  if (redirect?.type !== "Redirect" || redirect.operator !== "<" || redirect.descriptor !== undefined) return undefined;
  return redirect.target;
}

function* captureFile(shell: Shell, target: Parameters<typeof expandWords>[1][number]): Task<string> {
  const [path, more] = yield* expandWords(shell, [target]);
  if (path === undefined || more !== undefined) throw new ExpansionError(`${target.text}: ambiguous redirect`);
  try {
    const descriptor = yield* openPath(shell.process, path, { read: true });
    try {
      shell.status = 0;
      return stripEnd(decodeShellText(yield* readWithoutNull(shell, descriptor)));
    } finally {
      descriptor.close();
    }
  } catch (error) {
    if (!(error instanceof FsError)) throw error;
    yield* shell.complain(`${path}: ${error.message}`);
    shell.status = 1;
    return "";
  }
}

/** All that comes but null bytes, which a variable cannot hold; bash warns of them once. */
function* readWithoutNull(shell: Shell, from: FileDescriptor): Task<Uint8Array> {
  const held = new HeldBytes(MEMORY_MAX);
  let warned = false;
  for (let part = yield* from.read(); part !== undefined; part = yield* from.read()) {
    const clean = part.includes(0) ? withoutNull(part) : part;
    if (clean.length > 0) held.add(clean);
    shell.charge(part.length / READ_BYTES_PER_MS);
    yield* shell.pay();
    if (clean === part || warned) continue;
    warned = true;
    yield* shell.complain("warning: command substitution: ignored null byte in input");
  }
  return held.take();
}

/** bash takes bytes one by one. */
const READ_BYTES_PER_MS = 200_000;

function withoutNull(bytes: Uint8Array): Uint8Array {
  const kept = new Uint8Array(bytes.length);
  let length = 0;
  for (const byte of bytes) if (byte !== 0) kept[length++] = byte;
  return kept.subarray(0, length);
}

function stripEnd(text: string): string {
  let end = text.length;
  while (end > 0 && text.charCodeAt(end - 1) === 10) end--;
  return text.slice(0, end);
}
