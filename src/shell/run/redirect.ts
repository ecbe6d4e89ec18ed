import type { HereDoc, Redirect, RedirectDescriptor, Redirection } from "unbash";
import { encodeShellText } from "../../base/byte-text.ts";
import { bytesDescriptor } from "../../machine/descriptor.ts";
import type { FileDescriptor } from "../../machine/file-descriptor.ts";
import { openPath } from "../../machine/open-path.ts";
import type { Task } from "../../sim/task.ts";
import { FsError, type OpenFlags } from "../../vfs/file-system.ts";
import { FieldBuilder } from "../expand/fields.ts";
import { withoutFsError } from "../expand/glob.ts";
import { expandParts, expandText, expandWords } from "../expand/word.ts";
import type { Shell } from "../state/shell.ts";

/** A redirection that failed; the message lacks the shell's name. */
export class RedirectError extends Error {}

/** Open descriptors by number: a process's own, or those that a child will get. */
export type DescriptorTable = Map<number, FileDescriptor>;

/** What a table held before redirections. */
export interface Saved {
  readonly number: number;
  readonly descriptor: FileDescriptor | undefined;
}

/** Carries redirections out in `table`. Throws `RedirectError`, with what was done before undone. */
export function* redirect(shell: Shell, redirects: readonly Redirection[], table: DescriptorTable): Task<Saved[]> {
  const saved: Saved[] = [];
  try {
    for (const one of redirects) yield* redirectOne(shell, one, table, saved);
    return saved;
  } catch (error) {
    restore(table, saved);
    if (!(error instanceof FsError)) throw error;
    throw new RedirectError(`${error.path}: ${error.message}`);
  }
}

/** Undoes redirections. */
export function restore(table: DescriptorTable, saved: readonly Saved[]): void {
  for (const { number, descriptor } of [...saved].reverse()) {
    table.get(number)?.close();
    if (descriptor === undefined) table.delete(number);
    else table.set(number, descriptor);
  }
}

/** Makes redirections last (`exec >file`): what they replaced is closed. */
export function keep(saved: readonly Saved[]): void {
  for (const { descriptor } of saved) descriptor?.close();
}

function put(table: DescriptorTable, saved: Saved[], number: number, descriptor: FileDescriptor | undefined): void {
  saved.push({ number, descriptor: table.get(number) });
  if (descriptor === undefined) table.delete(number);
  else table.set(number, descriptor);
}

function* redirectOne(shell: Shell, one: Redirection, table: DescriptorTable, saved: Saved[]): Task<void> {
  if (one.type === "HereDoc") {
    const text = yield* hereDocument(shell, one);
    return put(table, saved, numberOf(shell, one.descriptor, table) ?? 0, bytesDescriptor(encodeShellText(text)));
  }
  if (one.type === "HereString") {
    const text = one.target === undefined ? "" : yield* expandText(shell, one.target);
    return put(
      table,
      saved,
      numberOf(shell, one.descriptor, table) ?? 0,
      bytesDescriptor(encodeShellText(`${text}\n`)),
    );
  }
  yield* redirectFile(shell, one, table, saved);
}

function* hereDocument(shell: Shell, document: HereDoc): Task<string> {
  const { parts } = document.body;
  const strip = document.operator === "<<-";
  if (parts === undefined) {
    const text = document.delimiter?.quoted === true ? document.body.text : unquoteBody(document.body.text);
    return strip ? text.replace(/^\t+/gm, "") : text;
  }
  const into = new FieldBuilder(shell.variables.get("IFS"), false);
  if (!strip) yield* expandParts(parts, { shell, into, quoted: true });
  else yield* expandStripped(shell, parts, into);
  return into.finishText();
}

function* expandStripped(shell: Shell, parts: NonNullable<HereDoc["body"]["parts"]>, into: FieldBuilder): Task<void> {
  let lineStart = true;
  for (const part of parts) {
    if (part.type !== "Literal") yield* expandParts([part], { shell, into, quoted: true });
    else {
      const inner = part.value.replace(/\n\t+/g, "\n");
      into.add(lineStart ? inner.replace(/^\t+/, "") : inner, true);
    }
    lineStart = false;
  }
}

/** In a here-document without quotes a backslash counts before `$`, a backquote, itself and a newline. */
function unquoteBody(text: string): string {
  return text.includes("\\") ? text.replace(/\\([$`\\])|\\\n/g, "$1") : text;
}

function numberOf(
  shell: Shell,
  descriptor: RedirectDescriptor | undefined,
  table: DescriptorTable,
): number | undefined {
  if (descriptor === undefined) return undefined;
  if (descriptor.type === "FileDescriptor") return descriptor.value;
  let number = 10;
  while (table.has(number)) number++;
  shell.variables.set(descriptor.name, String(number));
  return number;
}

function* redirectFile(shell: Shell, one: Redirect, table: DescriptorTable, saved: Saved[]): Task<void> {
  if (one.target === undefined) return;
  const targets = yield* expandWords(shell, [one.target]);
  const [target] = targets;
  if (target === undefined || targets.length > 1) throw new RedirectError(`${one.target.text}: ambiguous redirect`);
  if (one.operator === "<&" || one.operator === ">&") {
    if (/^(\d*-|\d+)$/.test(target)) return duplicate(shell, one, target, table, saved);
    if (one.operator === "<&" || (one.descriptor !== undefined && numberOf(shell, one.descriptor, table) !== 1)) {
      throw new RedirectError(`${one.target.text}: ambiguous redirect`);
    }
  }
  const both = one.operator === ">&" || one.operator === "&>" || one.operator === "&>>";
  const usual = one.operator === "<" || one.operator === "<>" ? 0 : 1;
  const opened = yield* open(shell, one.operator, target);
  put(table, saved, both ? 1 : (numberOf(shell, one.descriptor, table) ?? usual), opened);
  if (both) put(table, saved, 2, opened.duplicate());
}

function duplicate(shell: Shell, one: Redirect, target: string, table: DescriptorTable, saved: Saved[]): void {
  const closing = closingOf(shell, one, target, table);
  const number = numberOf(shell, one.descriptor, table) ?? (one.operator === "<&" ? 0 : 1);
  if (target === "-") {
    put(table, saved, closing ?? number, undefined);
    return;
  }
  const source = Number.parseInt(target, 10);
  const descriptor = table.get(source);
  if (descriptor === undefined) throw new RedirectError(`${source}: Bad file descriptor`);
  put(table, saved, number, descriptor.duplicate());
  if (target.endsWith("-") && source !== number) put(table, saved, source, undefined);
}

/** `{fd}>&-` closes the descriptor that the variable names. */
function closingOf(shell: Shell, one: Redirect, target: string, table: DescriptorTable): number | undefined {
  if (target !== "-" || one.descriptor?.type !== "FileDescriptorVariable") return undefined;
  const number = Number(shell.variables.get(one.descriptor.name));
  return table.has(number) ? number : undefined;
}

const FLAGS: Readonly<Record<string, OpenFlags>> = {
  "<": { read: true },
  "<>": { read: true, write: true, create: true, mode: 0o666 },
  ">": { write: true, create: true, truncate: true, mode: 0o666 },
  ">|": { write: true, create: true, truncate: true, mode: 0o666 },
  ">&": { write: true, create: true, truncate: true, mode: 0o666 },
  "&>": { write: true, create: true, truncate: true, mode: 0o666 },
  ">>": { write: true, create: true, append: true, mode: 0o666 },
  "&>>": { write: true, create: true, append: true, mode: 0o666 },
};

function* open(shell: Shell, operator: string, path: string): Task<FileDescriptor> {
  const guarded = shell.options.has("noclobber") && (operator === ">" || operator === "&>" || operator === ">&");
  const { fs } = shell.process;
  if (guarded && withoutFsError(() => fs.stat(path))?.type === "file") {
    throw new RedirectError(`${path}: cannot overwrite existing file`);
  }
  try {
    return yield* openPath(shell.process, path, FLAGS[operator] ?? { read: true });
  } catch (error) {
    if (error instanceof FsError) throw new RedirectError(`${path}: ${error.message}`);
    throw error;
  }
}
