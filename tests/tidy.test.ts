import { readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { describe, expect, test } from "vitest";

/**
 * The house rules that a compiler does not know: who may import whom, which globals the core may not touch, how long a
 * file or a function may be. Each message says what to do about it.
 */
const ROOT = resolve(import.meta.dirname, "..");
const FILE_LINES_MAX = 450;
const FUNCTION_LINES_MAX = 70;

/** Rooms, most specific first, and the rooms that each may import besides itself. */
const MAY_IMPORT: readonly (readonly [room: string, allowed: readonly string[]])[] = [
  ["base", []],
  ["sim", ["base"]],
  ["pki", ["base", "sim"]],
  ["vfs", ["base", "sim"]],
  ["dns", ["base", "sim", "vfs"]],
  ["etcd/mvcc", ["base", "etcd/rpc"]],
  ["etcd/raft", ["base"]],
  ["etcd/rpc", ["base", "sim", "pki"]],
  ["etcd/server", ["base", "sim", "pki", "vfs", "etcd"]],
  ["etcd", ["base", "sim", "pki", "vfs"]],
  ["kube/api", ["base"]],
  ["kube/client", ["base", "sim", "pki", "vfs", "dns", "kube/api"]],
  ["kube/apiserver", ["base", "sim", "pki", "vfs", "kube/api", "etcd/rpc"]],
  ["kube/kubelet", ["base", "sim", "pki", "vfs", "machine", "kube/api", "kube/client"]],
  ["kube/controllers", ["base", "sim", "pki", "kube/api", "kube/client"]],
  ["kube/scheduler", ["base", "sim", "kube/api", "kube/client"]],
  ["machine", ["base", "sim", "vfs", "dns"]],
  ["shell", ["base", "sim", "vfs", "machine"]],
  ["programs", ["base", "sim", "pki", "vfs", "dns", "machine", "shell", "etcd/rpc", "kube/api", "kube/client"]],
  ["sandbox", ["base", "sim", "pki", "vfs", "etcd", "kube", "machine", "shell", "programs", "lessons"]],
  ["lessons", ["base"]],
  ["worker", ["base", "sim", "sandbox", "lessons", "machine", "programs/jq/jq-engine"]],
  ["embed", ["base", "worker/protocol", "lessons"]],
  [
    "ui",
    [
      "base",
      "worker/protocol",
      "worker/lesson-protocol",
      "worker/offline-protocol",
      "worker/client",
      "lessons",
      "embed/contract",
      "embed/options",
      "sandbox/restless-keys",
    ],
  ],
];

/** Programs that are servers of their domain, and so may import its server side. */
const DAEMONS: Readonly<Record<string, readonly string[]>> = {
  etcd: ["etcd"],
  etcdutl: ["etcd"],
  "kube-apiserver": ["kube/apiserver", "etcd/rpc"],
  "kube-controller-manager": ["kube/controllers"],
  "kube-scheduler": ["kube/scheduler"],
  kubelet: ["kube/kubelet", "kube/apiserver/validation"],
};

/** What the core may not touch, and what to use instead. */
const BANNED: readonly (readonly [pattern: RegExp, remedy: string])[] = [
  [/\bDate\.now\b/, "use the world's clock (process.clock.now)"],
  [/\bnew Date\(\)/, "use new Date(clock.now)"],
  [/\bMath\.random\b/, "use a stream of the world's randomness (random.fork)"],
  [/\b(setTimeout|setInterval|setImmediate|queueMicrotask|requestAnimationFrame)\b/, "use clock.after or sleep()"],
  [/\bperformance\./, "use the world's clock"],
  [/\blocaleCompare\b/, "compare with < and >, which order by code unit, or use base's byte order"],
  [/\btoLocale\w*String\b/, "format explicitly; the host's locale must not show"],
  [/\bIntl\b/, "format explicitly; the host's locale must not show"],
  [/\b(async function|async \(|await )/, "write a Task (generator); the core has no promises"],
];

const CORE_EXCEPT = ["ui/", "embed/", "worker/"];
/** Files where the core meets promises of the host on purpose; each has a reason in its head comment. */
const HOST_EDGES = new Set<string>();

const files = sources(join(ROOT, "src"));

function sources(folder: string): string[] {
  return readdirSync(folder)
    .sort()
    .flatMap((name) => {
      const path = join(folder, name);
      if (statSync(path).isDirectory()) return sources(path);
      return /\.tsx?$/.test(name) ? [path] : [];
    });
}

function isTable(path: string): boolean {
  return /\.generated\.ts$/.test(path) || /\/data\//.test(path) || /\.d\.ts$/.test(path);
}

function within(path: string, room: string): boolean {
  return path === `${room}.ts` || path.startsWith(`${room}/`) || path.startsWith(`${room}.`);
}

function roomOf(path: string): readonly [string, readonly string[]] | undefined {
  return MAY_IMPORT.find(([room]) => within(path, room));
}

function importsOf(path: string, text: string): string[] {
  const found: string[] = [];
  for (const match of text.matchAll(/(?:from|import)\s*\(?\s*"(\.{1,2}\/[^"]+)"/g)) {
    found.push(relative(join(ROOT, "src"), resolve(dirname(path), match[1] ?? "")));
  }
  return found;
}

function layerFaults(path: string, text: string): string[] {
  const inSrc = relative(join(ROOT, "src"), path);
  const room = roomOf(inSrc);
  if (room === undefined) return [`src/${inSrc}: no room in the house; put it into one of DESIGN's folders`];
  const program = /^programs\/([^/]+)/.exec(inSrc)?.[1];
  const allowed = [room[0], ...room[1], ...(program === undefined ? [] : (DAEMONS[program] ?? []))];
  return importsOf(path, text).flatMap((target) => {
    if (target.startsWith("..")) return [`src/${inSrc} imports ${target} outside src`];
    const otherProgram = /^programs\/([^/]+)/.exec(target)?.[1];
    if (program !== undefined && otherProgram !== undefined && otherProgram.replace(/\.ts$/, "") !== program) {
      return [`src/${inSrc} imports program ${otherProgram}: move what both need to base or to their domain's client`];
    }
    if (allowed.some((other) => within(target, other))) return [];
    return [
      `src/${inSrc} may not import src/${target}: ${room[0]} may import ${allowed.slice(1).join(", ") || "nothing"}`,
    ];
  });
}

function bannedFaults(path: string, text: string): string[] {
  const inSrc = relative(join(ROOT, "src"), path);
  if (CORE_EXCEPT.some((room) => inSrc.startsWith(room)) || HOST_EDGES.has(`src/${inSrc}`)) return [];
  const faults: string[] = [];
  for (const [index, line] of text.split("\n").entries()) {
    const code = line
      .replace(/\/\/.*$/, "")
      .replace(/^\s*\*.*$/, "")
      .replace(/"(?:[^"\\]|\\.)*"|`[^`]*`/g, '""');
    for (const [pattern, remedy] of BANNED)
      if (pattern.test(code)) faults.push(`src/${inSrc}:${index + 1} ${pattern.source}: ${remedy}`);
  }
  return faults;
}

/** Lengths by the layout that the formatter guarantees: a function's end stands at its start's indentation. */
function longFunctions(path: string, text: string): string[] {
  const lines = text.split("\n");
  const faults: string[] = [];
  for (let start = 0; start < lines.length; start++) {
    const line = lines[start] ?? "";
    const head =
      /^(\s*)(?:export )?(?:default )?(?:private |public |protected |static |override |readonly )*(?:function\b|\*?[\w$]+\s*\(.*\{$|\*?[\w$]+\s*\($|const [\w$]+ = (?:\(|function))/.exec(
        line,
      );
    if (head === null || /;$/.test(line) || /^\s*(if|for|while|switch|return|describe|test|it)\b/.test(line)) continue;
    const indent = head[1] ?? "";
    const end = lines.findIndex(
      (other, index) => index > start && new RegExp(`^${indent}[}\\])]`).test(other) && !/^\s*\)/.test(other),
    );
    if (end > start && end - start + 1 > FUNCTION_LINES_MAX) {
      faults.push(
        `${relative(ROOT, path)}:${start + 1} a function of ${end - start + 1} lines: cut it (limit ${FUNCTION_LINES_MAX})`,
      );
    }
  }
  return faults;
}

describe("the house", () => {
  test("layers: nobody imports against the arrows", () => {
    expect(files.flatMap((path) => layerFaults(path, readFileSync(path, "utf8")))).toEqual([]);
  });

  test("the core touches no clock, randomness or locale of its host", () => {
    expect(files.flatMap((path) => bannedFaults(path, readFileSync(path, "utf8")))).toEqual([]);
  });

  test("files fit their rooms", () => {
    const long = files
      .filter((path) => !isTable(path))
      .map((path) => [relative(ROOT, path), readFileSync(path, "utf8").split("\n").length] as const)
      .filter(([, lines]) => lines > FILE_LINES_MAX);
    expect(long.map(([path, lines]) => `${path}: ${lines} lines; split it by noun (limit ${FILE_LINES_MAX})`)).toEqual(
      [],
    );
  });

  test("functions fit a screen", () => {
    expect(
      files.filter((path) => !isTable(path)).flatMap((path) => longFunctions(path, readFileSync(path, "utf8"))),
    ).toEqual([]);
  });

  test("no drawers: files are named after one noun", () => {
    const drawers = files.filter((path) => /\/(types|utils|util|helpers|misc|common)\.tsx?$/.test(path));
    expect(drawers.map((path) => `${relative(ROOT, path)}: name it after what it holds`)).toEqual([]);
  });

  test("every law of the store is quoted by a test, and no test quotes one that is not there", () => {
    const named = (paths: readonly string[], form: RegExp) =>
      new Set(paths.flatMap((path) => [...readFileSync(path, "utf8").matchAll(form)].map(([, law]) => law ?? "")));
    const laws = named([join(ROOT, "src/etcd/mvcc/SPEC.md")], /\*\*([A-Z]{2}\d+)\*\*/g);
    const quoted = (folder: string) => named(sources(join(ROOT, folder)), /\[([A-Z]{2}\d+)\]/g);
    const anywhere = quoted("tests");
    expect([...laws].filter((law) => !anywhere.has(law)).map((law) => `${law}: write its test`)).toEqual([]);
    expect([...quoted("tests/unit/etcd/mvcc")].filter((law) => !laws.has(law))).toEqual([]);
  });

  test("nothing is silently swallowed", () => {
    const bare = files.filter((path) => /catch\s*(\([^)]*\))?\s*\{\s*\}/.test(readFileSync(path, "utf8")));
    expect(
      bare.map((path) => `${relative(ROOT, path)}: an empty catch; handle or rethrow what you did not expect`),
    ).toEqual([]);
  });
});
