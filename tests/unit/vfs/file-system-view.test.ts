import fc from "fast-check";
import { expect, test } from "vitest";
import { text, utf8 } from "../../../src/base/bytes.ts";
import { FsError } from "../../../src/vfs/file-system.ts";
import type { FileSystemView } from "../../../src/vfs/file-system-view.ts";
import { newKernel } from "../../support/machine.ts";
import { listTree, newVolume } from "../../support/volume.ts";

function codeOf(run: () => unknown): string {
  try {
    run();
    return "no error";
  } catch (error) {
    if (error instanceof FsError) return error.code;
    throw error;
  }
}

test("files, directories, links and their errors are POSIX's", () => {
  const { fs } = newVolume(newKernel());
  fs.mkdir("/a/b", { parents: true });
  fs.writeFile("/a/b/f", "one");
  fs.appendFile("/a/b/f", " two");
  expect(fs.readText("/a/./b/../b//f")).toBe("one two");
  fs.symlink("b/f", "/a/link");
  expect(fs.readText("/a/link")).toBe("one two");
  expect(fs.realpath("/a/link")).toBe("/a/b/f");
  expect(fs.lstat("/a/link")).toMatchObject({ type: "symlink", size: 3 });
  fs.link("/a/b/f", "/a/hard");
  expect(fs.stat("/a/hard").links).toBe(2);
  fs.writeFile("/a/hard", "both");
  expect(fs.readText("/a/b/f")).toBe("both");
  expect(codeOf(() => fs.readFile("/a/none"))).toBe("ENOENT");
  expect(codeOf(() => fs.readFile("/a/b/f/x"))).toBe("ENOTDIR");
  expect(codeOf(() => fs.readFile("/a"))).toBe("EISDIR");
  expect(codeOf(() => fs.rmdir("/a"))).toBe("ENOTEMPTY");
  expect(codeOf(() => fs.unlink("/a"))).toBe("EISDIR");
  expect(codeOf(() => fs.mkdir("/a"))).toBe("EEXIST");
  expect(codeOf(() => fs.mkdir("/x/y"))).toBe("ENOENT");
  expect(codeOf(() => fs.rename("/a", "/a/b/c"))).toBe("EINVAL");
  expect(codeOf(() => fs.open("/a/b/f", { write: true, create: true, exclusive: true }))).toBe("EEXIST");
  fs.symlink("/loop", "/loop");
  expect(codeOf(() => fs.readFile("/loop"))).toBe("ELOOP");
  expect(codeOf(() => fs.writeFile(`/${"n".repeat(256)}`, ""))).toBe("ENAMETOOLONG");
  fs.removeTree("/a");
  expect(fs.exists("/a")).toBe(false);
  expect(fs.stat("/").links).toBe(2);
});

test("a dangling symlink can't be read but is there", () => {
  const { fs } = newVolume(newKernel());
  fs.symlink("/nowhere", "/l");
  expect(fs.exists("/l")).toBe(false);
  expect(fs.lstat("/l").type).toBe("symlink");
  expect(codeOf(() => fs.readFile("/l"))).toBe("ENOENT");
});

test("modes and owners bind everybody but root", () => {
  const { fs, as } = newVolume(newKernel());
  fs.mkdir("/secret", { mode: 0o700 });
  fs.writeFile("/secret/f", "x");
  fs.writeFile("/shadow", "x", 0o600);
  fs.mkdir("/tmp");
  fs.chmod("/tmp", 0o1777);
  fs.writeFile("/tmp/root", "x");
  const user = as({ uid: 1000, gid: 1000 }, 0o027);
  expect(codeOf(() => user.readFile("/secret/f"))).toBe("EACCES");
  expect(codeOf(() => user.readFile("/shadow"))).toBe("EACCES");
  expect(codeOf(() => user.writeFile("/new", ""))).toBe("EACCES");
  expect(codeOf(() => user.unlink("/tmp/root"))).toBe("EPERM");
  expect(codeOf(() => user.chmod("/shadow", 0o666))).toBe("EPERM");
  user.writeFile("/tmp/mine", "x", 0o666);
  expect(user.stat("/tmp/mine")).toMatchObject({ mode: 0o640, uid: 1000, gid: 1000 });
  fs.chmod("/shadow", 0);
  expect(fs.readText("/shadow")).toBe("x");
});

test("an open file outlives its name, and a lock its holder only until it closes", () => {
  const { fs, volume } = newVolume(newKernel());
  const used = volume.usedBytes;
  fs.writeFile("/f", "content");
  const file = fs.open("/f", { read: true, write: true });
  const other = fs.open("/f", { read: true });
  expect(file.tryLock()).toBe(true);
  expect(other.tryLock()).toBe(false);
  fs.unlink("/f");
  expect(text(file.read(0, 100))).toBe("content");
  file.close();
  expect(other.tryLock()).toBe(true);
  expect(volume.usedBytes).toBeGreaterThan(used);
  other.close();
  expect(volume.usedBytes).toBe(used);
});

test("a full disk refuses, and has room again when something goes", () => {
  const { fs } = newVolume(newKernel(), { capacityBytes: 1 << 20 });
  fs.writeFile("/big", new Uint8Array(1_000_000));
  expect(codeOf(() => fs.writeFile("/more", new Uint8Array(100_000)))).toBe("ENOSPC");
  fs.unlink("/big");
  fs.writeFile("/more", new Uint8Array(100_000));
  expect(fs.stat("/more").size).toBe(100_000);
});

test("watchers hear of entries of their directory and of changes in it", () => {
  const { fs } = newVolume(newKernel());
  fs.mkdir("/d");
  const heard: string[] = [];
  const watch = fs.watch("/d", (name) => heard.push(name));
  fs.writeFile("/d/a", "1");
  fs.rename("/d/a", "/d/b");
  fs.unlink("/d/b");
  watch.dispose();
  fs.writeFile("/d/c", "1");
  expect([...new Set(heard)]).toEqual(["a", "b"]);
});

test("bind mounts show the host's directory in another tree, read-only if asked", () => {
  const kernel = newKernel();
  const host = newVolume(kernel, { files: { "/data/f": "host" } });
  const box = newVolume(kernel, { files: { "/mnt": { directory: true } } });
  const { inode } = host.fs.place("/data");
  box.namespace.mount(box.fs.place("/mnt").inode, {
    root: inode,
    readOnly: true,
    path: "/mnt",
    source: "x",
    type: "ext4",
  });
  expect(box.fs.readText("/mnt/../mnt/f")).toBe("host");
  host.fs.writeFile("/data/f", "changed");
  expect(box.fs.readText("/mnt/f")).toBe("changed");
  expect(codeOf(() => box.fs.writeFile("/mnt/f", ""))).toBe("EROFS");
  expect(codeOf(() => box.fs.rmdir("/mnt"))).toBe("EBUSY");
  expect(codeOf(() => box.fs.rename("/mnt/f", "/f"))).toBe("EXDEV");
  box.namespace.unmount("/mnt");
  expect(box.fs.readdir("/mnt")).toEqual([]);
});

test("an image keeps what it saw while the file goes on changing", () => {
  const kernel = newKernel();
  const { fs, volume } = newVolume(kernel);
  fs.writeFile("/f", "0123456789");
  const image = volume.image();
  const file = fs.open("/f", { write: true });
  file.write(2, utf8("XX"));
  file.write(10, utf8("more"));
  expect(newVolume(kernel, { image }).fs.readText("/f")).toBe("0123456789");
  file.truncate(4);
  expect(fs.readText("/f")).toBe("01XX");
  expect(newVolume(kernel, { image }).fs.readText("/f")).toBe("0123456789");
});

test("a very deep tree can be made, imaged and removed", () => {
  const kernel = newKernel();
  const { fs, volume } = newVolume(kernel);
  let at = "";
  while (codeOf(() => fs.mkdir(`${at}/d`)) === "no error") at += "/d";
  expect(at.length).toBeGreaterThan(4000);
  for (let i = 0; i < 3; i++) {
    fs.rename("/d", "/e");
    fs.mkdir("/d");
    fs.rename("/e", "/d/e");
  }
  expect(volume.image().root.entries).toHaveLength(1);
  fs.removeTree("/d");
  expect(fs.readdir("/")).toEqual([]);
});

const NAMES = ["/a", "/b", "/d", "/d/a", "/d/e", "/d/e/a"];
const path = fc.constantFrom(...NAMES);
const action = fc.oneof(
  fc.record({ do: fc.constant("write" as const), path, data: fc.string({ maxLength: 40 }) }),
  fc.record({ do: fc.constant("append" as const), path, data: fc.string({ maxLength: 40 }) }),
  fc.record({
    do: fc.constant("poke" as const),
    path,
    at: fc.oneof(fc.nat(30), fc.nat(40_000)),
    data: fc.string({ minLength: 1, maxLength: 5 }),
  }),
  fc.record({ do: fc.constant("truncate" as const), path, at: fc.oneof(fc.nat(30), fc.nat(20_000)) }),
  fc.record({ do: fc.constant("mkdir" as const), path }),
  fc.record({ do: fc.constant("remove" as const), path }),
  fc.record({ do: fc.constant("rename" as const), path, to: path }),
  fc.record({ do: fc.constant("link" as const), path, to: path }),
  fc.record({ do: fc.constant("image" as const), goOnFromIt: fc.boolean() }),
);
type Action = typeof action extends fc.Arbitrary<infer T> ? T : never;

/** A tree as nested maps; files are shared objects, so that hard links are one. */
type ModelFile = { bytes: Uint8Array };
type Model = Map<string, Model | ModelFile>;

function apply(fs: FileSystemView, step: Exclude<Action, { do: "image" }>): void {
  if (step.do === "write") fs.writeFile(step.path, step.data);
  else if (step.do === "append") fs.appendFile(step.path, step.data);
  else if (step.do === "mkdir") fs.mkdir(step.path);
  else if (step.do === "remove") fs.removeTree(step.path);
  else if (step.do === "rename") fs.rename(step.path, step.to);
  else if (step.do === "link") fs.link(step.path, step.to);
  else {
    const file = fs.open(step.path, { write: true });
    if (step.do === "poke") file.write(step.at, utf8(step.data));
    else file.truncate(step.at);
    file.close();
  }
}

function find(model: Model, at: string): { parent: Model; name: string } | undefined {
  const names = at.split("/").filter(Boolean);
  let parent = model;
  for (const name of names.slice(0, -1)) {
    const next = parent.get(name);
    if (!(next instanceof Map)) return undefined;
    parent = next;
  }
  return { parent, name: names[names.length - 1] ?? "" };
}

function resized(bytes: Uint8Array, size: number): Uint8Array {
  const result = new Uint8Array(size);
  result.set(bytes.subarray(0, size));
  return result;
}

/** Does to the model what succeeded on the file system. */
function mirror(model: Model, step: Exclude<Action, { do: "image" }>): void {
  const spot = find(model, step.path);
  if (spot === undefined) return;
  const node = spot.parent.get(spot.name);
  const file = node === undefined || node instanceof Map ? { bytes: new Uint8Array() } : node;
  const target = "to" in step ? find(model, step.to) : undefined;
  switch (step.do) {
    case "write":
      file.bytes = utf8(step.data);
      spot.parent.set(spot.name, file);
      return;
    case "append":
      file.bytes = new Uint8Array([...file.bytes, ...utf8(step.data)]);
      spot.parent.set(spot.name, file);
      return;
    case "poke": {
      const data = utf8(step.data);
      file.bytes = resized(file.bytes, Math.max(file.bytes.length, step.at + data.length));
      file.bytes.set(data, step.at);
      return;
    }
    case "truncate":
      file.bytes = resized(file.bytes, step.at);
      return;
    case "mkdir":
      spot.parent.set(spot.name, new Map());
      return;
    case "remove":
      spot.parent.delete(spot.name);
      return;
    case "rename": {
      const old = target?.parent.get(target.name);
      if (node === undefined || (node === old && !(node instanceof Map))) return;
      spot.parent.delete(spot.name);
      target?.parent.set(target.name, node);
      return;
    }
    case "link":
      if (node !== undefined) target?.parent.set(target.name, node);
  }
}

function modelTree(model: Model, prefix = ""): Record<string, string> {
  const found: Record<string, string> = {};
  for (const [name, node] of model) {
    if (node instanceof Map)
      Object.assign(found, { [`${prefix}/${name}`]: "directory" }, modelTree(node, `${prefix}/${name}`));
    else found[`${prefix}/${name}`] = text(node.bytes);
  }
  return found;
}

function contents(fs: FileSystemView): Record<string, string> {
  return Object.fromEntries(Object.entries(listTree(fs)).map(([at, what]) => [at, what.replace(/^\d+ \d+ /, "")]));
}

test("random histories leave what a simple model says, through images as well", () => {
  fc.assert(
    fc.property(fc.array(action, { maxLength: 40 }), (steps) => {
      const kernel = newKernel();
      let current = newVolume(kernel);
      const model: Model = new Map();
      const old: { volume: ReturnType<typeof newVolume>; tree: Record<string, string> }[] = [];
      for (const step of steps) {
        if (step.do === "image") {
          old.push({ volume: newVolume(kernel, { image: current.volume.image() }), tree: listTree(current.fs) });
          if (step.goOnFromIt) current = newVolume(kernel, { image: current.volume.image() });
          continue;
        }
        if (codeOf(() => apply(current.fs, step)) === "no error") mirror(model, step);
      }
      expect(contents(current.fs)).toEqual(modelTree(model));
      for (const { volume, tree } of old) expect(listTree(volume.fs)).toEqual(tree);
      const used = newVolume(kernel, { image: structuredClone(current.volume.image()) });
      expect(listTree(used.fs)).toEqual(listTree(current.fs));
    }),
    { numRuns: 300 },
  );
});

test("removing a tree that is not there is no error, even if its directory is not there either", () => {
  const { fs } = newVolume(newKernel());
  fs.writeFile("/file", "x");
  expect(codeOf(() => fs.removeTree("/none"))).toBe("no error");
  expect(codeOf(() => fs.removeTree("/none/of/these"))).toBe("no error");
  expect(codeOf(() => fs.removeTree("/file/below"))).toBe("ENOTDIR");
});

test("space can be taken without writing: it reads as zeros, counts, and comes back", () => {
  const { fs } = newVolume(newKernel(), { capacityBytes: 64 * 1024 * 1024 * 1024 });
  const before = fs.space("/").freeBytes;
  const file = fs.open("/big", { read: true, write: true, create: true });
  file.allocate(10 * 1024 ** 3);
  expect(fs.stat("/big").size).toBe(10 * 1024 ** 3);
  expect(before - fs.space("/").freeBytes).toBe(10 * 1024 ** 3);
  expect([...file.read(5 * 1024 ** 3, 4)]).toEqual([0, 0, 0, 0]);
  file.write(0, utf8("head"));
  expect(text(file.read(0, 5))).toBe("head\0");
  expect(before - fs.space("/").freeBytes).toBe(10 * 1024 ** 3);
  expect(codeOf(() => fs.readFile("/big"))).toBe("ENOMEM");
  expect(codeOf(() => file.allocate(100 * 1024 ** 3))).toBe("ENOSPC");
  expect(fs.space("/").freeBytes).toBe(0);
  expect(codeOf(() => fs.mkdir("/more"))).toBe("ENOSPC");
  file.truncate(4);
  file.close();
  expect(fs.space("/").freeBytes).toBe(before - 4096);
  fs.unlink("/big");
  expect(fs.space("/").freeBytes).toBe(before);
});

test("space that was taken is still taken after a save", () => {
  const kernel = newKernel();
  const { fs, volume } = newVolume(kernel, { capacityBytes: 1 << 30 });
  fs.open("/big", { write: true, create: true }).allocate(1 << 29);
  const again = newVolume(kernel, { capacityBytes: 1 << 30, image: volume.image() });
  expect(again.fs.space("/")).toEqual(fs.space("/"));
});
