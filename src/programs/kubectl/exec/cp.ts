import { concat } from "../../../base/bytes.ts";
import { basename, clean, dirname, join } from "../../../base/path.ts";
import { readArchive, type TarEntry, writeArchive } from "../../../base/tar-archive.ts";
import { bytesDescriptor, nullDescriptor, sinkDescriptor } from "../../../machine/descriptor.ts";
import type { Process } from "../../../machine/process.ts";
import type { Task } from "../../../sim/task.ts";
import { completePods } from "../completion/resources.ts";
import { reportError } from "../core/error-text.ts";
import { CommandError } from "../core/failure.ts";
import { fields } from "../core/fields.ts";
import { flagsFor } from "../core/flag-table.ts";
import type { Kubectl, KubectlCommand } from "../core/kubectl.ts";
import { execIn, refuseCompleted } from "./exec.ts";
import { containerFor } from "./pod-target.ts";
import { RemoteExit, type StreamEnds } from "./streams.ts";

/** kubectl cp: tar in the container at one end of an exec, an archive made or read here at the other. */
export const cp: KubectlCommand = {
  name: "cp",
  use: "<file-spec-src> <file-spec-dest>",
  short: "Copy files and directories to and from containers",
  example:
    "  # The container's image must have tar.\n" +
    "  # To a pod\n  kubectl cp ./site web:/tmp/site\n\n" +
    "  # From a pod of another namespace, from one of its containers\n  kubectl cp team/web:/etc/nginx ./nginx -c server",
  group: "debugging",
  flags: flagsFor("cp"),
  complete: completePods,
  run: runCp,
};

/** A file here (`pod` is empty) or in a container: `[[namespace/]pod:]file`. */
interface FileSpec {
  readonly namespace: string;
  readonly pod: string;
  readonly file: string;
}

function* runCp(kubectl: Kubectl): Task<number> {
  const [from, to, ...more] = kubectl.parsed.args;
  if (from === undefined || to === undefined || more.length > 0)
    throw new CommandError("source and destination are required");
  const source = fileSpec(from);
  const target = fileSpec(to);
  if (source.pod !== "" && target.pod !== "")
    throw new CommandError("one of src or dest must be a local file specification");
  if (source.file === "" || target.file === "") throw new CommandError("filepath can not be empty");
  if (source.pod !== "") return yield* copyFromPod(kubectl, source, target.file);
  if (target.pod !== "") return yield* copyToPod(kubectl, source.file, target);
  throw new CommandError("one of src or dest must be a remote file specification");
}

function fileSpec(arg: string): FileSpec {
  const colon = arg.indexOf(":");
  if (colon < 0) return { namespace: "", pod: "", file: withoutTrailingSlash(arg) };
  const pieces = arg.slice(0, colon).split("/");
  if (colon === 0 || pieces.length > 2)
    throw new CommandError("filespec must match the canonical format: [[namespace/]pod:]file/path");
  const [pod = "", namespace = ""] = pieces.reverse();
  return { namespace, pod, file: withoutTrailingSlash(arg.slice(colon + 1)) };
}

function withoutTrailingSlash(file: string): string {
  return file.length > 1 && file.endsWith("/") ? file.slice(0, -1) : file;
}

function* execAt(
  kubectl: Kubectl,
  at: FileSpec,
  command: readonly string[],
  ends: StreamEnds,
  stdin = false,
): Task<number> {
  const pod = fields(
    yield* kubectl.request("GET", `/api/v1/namespaces/${at.namespace || kubectl.namespace}/pods/${at.pod}`),
  );
  refuseCompleted(pod);
  const container = yield* containerFor(kubectl, pod, kubectl.flag("container"), false, ends.stderr);
  return yield* execIn(kubectl, pod, container, command, { stdin, tty: false }, ends);
}

function* copyToPod(kubectl: Kubectl, source: string, target: FileSpec): Task<number> {
  const { process } = kubectl;
  if (!process.fs.exists(source)) throw new CommandError(`${source} doesn't exist in local filesystem`);
  const file = clean((yield* isDirectoryThere(kubectl, target)) ? join(target.file, basename(source)) : target.file);
  const archive = writeArchive([...entriesOf(process, clean(source), basename(file))]);
  const options = kubectl.isSet("no-preserve") ? ["--no-same-permissions", "--no-same-owner"] : [];
  const command = ["tar", ...options, "-xmf", "-", "-C", dirname(file)];
  const ends = { stdin: bytesDescriptor(archive), stdout: process.stdout, stderr: process.stderr };
  return yield* execAt(kubectl, target, command, ends, true);
}

/** Asks the container itself; any failure means no, and what is really wrong is said by the copy that follows. */
function* isDirectoryThere(kubectl: Kubectl, target: FileSpec): Task<boolean> {
  const nowhere = nullDescriptor();
  try {
    const ends = { stdin: nowhere, stdout: nowhere, stderr: nowhere };
    return (yield* execAt(kubectl, target, ["test", "-d", target.file], ends)) === 0;
  } catch (error) {
    if (reportError(error) === undefined) throw error;
    return false;
  }
}

/** A file, or all that a directory holds; a directory itself only when it is empty. */
function* entriesOf(process: Process, path: string, name: string): Generator<TarEntry> {
  const { fs } = process;
  const stats = fs.lstat(path);
  const children = stats.type === "directory" ? fs.readdir(path) : [];
  if (children.length > 0) {
    for (const child of children) yield* entriesOf(process, join(path, child), join(name, child));
    return;
  }
  if (stats.type !== "file" && stats.type !== "directory" && stats.type !== "symlink") return;
  const { type, mode, uid, gid, modifiedAt } = stats;
  yield {
    ...{ name, type, mode, uid, gid, modifiedAt },
    linkTo: type === "symlink" ? fs.readlink(path) : "",
    content: type === "file" ? fs.readFile(path) : new Uint8Array(),
  };
}

function* copyFromPod(kubectl: Kubectl, source: FileSpec, target: string): Task<number> {
  const parts: Uint8Array[] = [];
  const stdout = sinkDescriptor((data) => parts.push(data));
  // What tar says in the container goes to the standard output, as upstream has it.
  const ends = { stdin: nullDescriptor(), stdout, stderr: kubectl.process.stdout };
  const retries = kubectl.parsed.number("retries");
  let failure = yield* failureOf(execAt(kubectl, source, ["tar", "cf", "-", source.file], ends));
  for (let count = 1; isInterruption(failure) && (retries < 0 || count <= retries); count++) {
    const had = parts.reduce((sum, part) => sum + part.length, 0);
    yield* kubectl.out(`Resuming copy at ${had} bytes, retry ${count}/${retries}\n`);
    const command = ["sh", "-c", `tar cf - ${source.file} | tail -c+${had + 1}`];
    failure = yield* failureOf(execAt(kubectl, source, command, ends));
  }
  // A tar that failed on one file has sent the others.
  yield* takeOut(kubectl, source, target, readArchive(concat(parts)).entries);
  if (failure !== undefined) throw failure;
  return 0;
}

function* failureOf(work: Task<number>): Task<unknown> {
  try {
    yield* work;
    return undefined;
  } catch (error) {
    return error;
  }
}

/** Whether a copy broke off on its way; what tar itself says is no reason to try again. */
function isInterruption(failure: unknown): boolean {
  return failure !== undefined && !(failure instanceof RemoteExit);
}

function* takeOut(kubectl: Kubectl, source: FileSpec, target: string, entries: readonly TarEntry[]): Task<void> {
  const { fs } = kubectl.process;
  const prefix = withoutShortcuts(clean(source.file.replace(/^\/+/, "")));
  let warned = false;
  for (const entry of entries) {
    if (!entry.name.startsWith(prefix)) throw new CommandError("tar contents corrupted");
    const path = clean(`${target}/${entry.name.slice(prefix.length)}`);
    if (!isWithin(clean(target), path)) {
      yield* kubectl.err(`warning: file "${path}" is outside target destination, skipping\n`);
      continue;
    }
    fs.mkdir(entry.type === "directory" ? path : dirname(path), { parents: true, mode: 0o755 });
    if (entry.type === "file") fs.writeFile(path, entry.content);
    if (entry.type !== "symlink") continue;
    yield* kubectl.err(`warning: skipping symlink: "${path}" -> "${entry.linkTo}"${warned ? "" : instead(source)}\n`);
    warned = true;
  }
}

function instead({ namespace, pod, file }: FileSpec): string {
  return ` (consider using "kubectl exec -n "${namespace}" "${pod}" -- tar cf - "${file}" | tar xf -")`;
}

/** The path without what would lead above its root. */
function withoutShortcuts(path: string): string {
  const rest = path.replace(/^(\.\.\/)+/, "");
  return rest === "." || rest === ".." ? "" : rest;
}

function isWithin(directory: string, path: string): boolean {
  return path === directory || directory === "." || path.startsWith(directory === "/" ? "/" : `${directory}/`);
}
