import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";

/** A recorded scenario: what was typed into the real programs and what they said. */
export interface Scenario {
  readonly id: string;
  readonly group: "etcd" | "kubectl";
  readonly topology: "kubeadm" | "bare" | "bare-3";
  readonly etcd: "3.6" | "3.5";
  readonly needsPki: boolean;
  readonly env: Readonly<Record<string, string>>;
  readonly lines: readonly RecordedLine[];
}

export interface RecordedLine {
  readonly line: string;
  readonly stdin: string | undefined;
  readonly stdout: string;
  readonly stderr: string;
  readonly rc: number;
  /** Seconds waited before the line was run. */
  readonly pauseBefore: number;
  /** Differs between runs of the real programs: not compared. */
  readonly unstable: boolean;
}

const FOLDER = resolve(import.meta.dirname, "../transcripts");

/** What a scenario with `etcd_env` exports. */
const ETCD_ENV: Readonly<Record<string, string>> = {
  KUBECONFIG: "/root/.kube/config",
  ETCDCTL_API: "3",
  ETCDCTL_ENDPOINTS: "https://127.0.0.1:2379",
  ETCDCTL_CACERT: "/etc/kubernetes/pki/etcd/ca.crt",
  ETCDCTL_CERT: "/etc/kubernetes/pki/etcd/server.crt",
  ETCDCTL_KEY: "/etc/kubernetes/pki/etcd/server.key",
};

/** All recorded scenarios, in the order of their names. */
export function scenarios(group: Scenario["group"]): Scenario[] {
  return readdirSync(join(FOLDER, group))
    .filter((name) => name.endsWith(".jsonl"))
    .sort()
    .map((name) => readScenario(group, name));
}

export const PKI_FOLDER = join(FOLDER, "etcd", "pki");

function readScenario(group: Scenario["group"], name: string): Scenario {
  const [head, ...lines] = readFileSync(join(FOLDER, group, name), "utf8")
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  const topology = head?.["topology"];
  return {
    id: name.replace(/\.jsonl$/, ""),
    group,
    topology: topology === "bare" || topology === "bare-3" ? topology : "kubeadm",
    etcd: head?.["etcd"] === "3.5" ? "3.5" : "3.6",
    needsPki: ((head?.["needs"] as string[] | undefined) ?? []).includes("pki"),
    env: head?.["etcd_env"] === true ? ETCD_ENV : ((head?.["env"] as Record<string, string> | undefined) ?? {}),
    lines: lines.map(readLine),
  };
}

function readLine(raw: Record<string, unknown>): RecordedLine {
  return {
    line: String(raw["line"]),
    stdin: raw["stdin"] === undefined ? undefined : String(raw["stdin"]),
    stdout: String(raw["stdout"]),
    stderr: String(raw["stderr"]),
    rc: Number(raw["rc"]),
    pauseBefore: Number(raw["pause_before"] ?? 0),
    unstable: raw["unstable"] === true,
  };
}

/** What each kind of placeholder may stand for. Those not named here stand for any run without blanks or quotes. */
const PLACEHOLDERS: readonly (readonly [name: RegExp, pattern: string])[] = [
  [/^AGE$/, "(?:<unknown>|<invalid>|(?:\\d+[smhdy])+)"],
  [
    /^TS$/,
    "(?:\\d{4}-\\d\\d-\\d\\d[T ]\\d\\d:\\d\\d:\\d\\d(?:\\.\\d+)?(?:Z|[+-]\\d\\d:?\\d\\d| UTC| \\+0000 UTC)?|[A-Z][a-z]{2}, \\d\\d [A-Z][a-z]{2} \\d{4} \\d\\d:\\d\\d:\\d\\d [+-]\\d{4}|\\d{4} \\d\\d:\\d\\d:\\d\\d\\.\\d{6}|[A-Z][a-z]{2} [ \\d]\\d (?:\\d\\d:\\d\\d:\\d\\d \\d{4} GMT|\\d\\d:\\d\\d| \\d{4}))",
  ],
  [/^TIME$/, "(?:\\d{4}-\\d\\d-\\d\\d[T ])?[\\d:.]+(?:Z|[+-]\\d\\d:?\\d\\d|[+-]\\d+)?"],
  [/^DUR$/, "(?:\\d+(?:\\.\\d+)?(?:ns|µs|us|ms|s|m|h))+"],
  [/^UID$/, "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"],
  [/^RV$/, "\\d+"],
  [/^HASH$/, "[0-9a-z]{5,64}"],
  [/^SUF$/, "[0-9a-z]{5}"],
  [/^(POD_IP|CLUSTER_IP)$/, "\\d+\\.\\d+\\.\\d+\\.\\d+"],
  [/^(NODEPORT|PORT|EPHEMERAL|PID)$/, "\\d+"],
  [/^(ADDR|PTR)$/, "(?:0x)?[0-9a-f]+"],
  [/^(LEASE|ID|REQID)$/, "[0-9a-f]+"],
  [/^(HELP)$/, "[\\s\\S]*?"],
  [/^(STACK)$/, '[^"]*'],
  [/^PEM /, "[\\s\\S]+?"],
];

/** Values that numbered placeholders got, for a whole scenario. */
export type Bindings = Map<string, string>;

/** Whether `actual` is what was recorded; binds numbered placeholders as it goes. */
export function matches(expected: string, actual: string, bindings: Bindings): boolean {
  if (expected === actual) return true;
  const tokens = tokenize(expected);
  if (!tokens.some((token) => token.placeholder !== undefined)) return false;
  if (matchWhole(tokens, actual, bindings)) return true;
  return /<(SUF|HASH)/.test(expected) && matchAnyOrder(expected, actual, bindings);
}

interface Token {
  readonly text: string;
  readonly placeholder: string | undefined;
}

const PLACEHOLDER =
  /<((?:PEM [A-Z ]+|AGE|TS|TIME|DUR|UID|RV|HASH|SUF|POD_IP|CLUSTER_IP|NODEPORT|PORT|TOKEN|DATA|EVENT|CID|MD5|ADDR|PID|RAND|SCHED|EPHEMERAL|PTR|REQID|STACK|HELP|ID|LEASE)(?:[-_]?\d+)?(?:\.dec)?)>/g;

function tokenize(expected: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  for (const found of expected.matchAll(PLACEHOLDER)) {
    tokens.push(
      { text: expected.slice(at, found.index), placeholder: undefined },
      { text: found[0], placeholder: found[1] },
    );
    at = found.index + found[0].length;
  }
  return [...tokens, { text: expected.slice(at), placeholder: undefined }];
}

function matchWhole(tokens: readonly Token[], actual: string, bindings: Bindings): boolean {
  const names = new Map<string, string>();
  let pattern = "^";
  for (const token of tokens) {
    pattern +=
      token.placeholder === undefined ? literal(token.text) : placeholderPattern(token.placeholder, bindings, names);
  }
  const found = new RegExp(`${pattern}$`).exec(actual);
  if (found === null) return false;
  for (const [group, name] of names) bind(name, found.groups?.[group] ?? "", bindings);
  return true;
}

/** Column widths change with placeholders, so runs of blanks count as one, and before a line's end as none. */
function literal(text: string): string {
  return text
    .replace(/[.*+?^${}()|[\]\\/]/g, "\\$&")
    .replace(/ *\n/g, "\u0001")
    .replace(/ +/g, " +")
    .replace(/-{3,}/g, "-+")
    .replace(/\u0001/g, " *\\n");
}

function placeholderPattern(name: string, bindings: Bindings, names: Map<string, string>): string {
  const known = bindings.get(name);
  if (known !== undefined) return known.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&");
  const kind = name.replace(/\.dec$/, "").replace(/[-_]?\d+$/, (digits) => (/^(MD5)$/.test(name) ? digits : ""));
  const inner = name.endsWith(".dec")
    ? "\\d+"
    : (PLACEHOLDERS.find(([pattern]) => pattern.test(kind))?.[1] ?? "[^\\s\"',]+?");
  if (!/\d/.test(name) || name === "MD5") return inner;
  const group = `g${name.replace(/\W/g, "_")}`;
  if (names.has(group)) return `\\k<${group}>`;
  names.set(group, name);
  return `(?<${group}>${inner})`;
}

function bind(name: string, value: string, bindings: Bindings): void {
  bindings.set(name, value);
  if (name.endsWith(".dec")) bindings.set(name.slice(0, -4), BigInt(value).toString(16));
  else if (/^(LEASE|ID)\d/.test(name)) bindings.set(`${name}.dec`, BigInt(`0x${value}`).toString());
}

/** Where names are random, so is their order: each recorded line must be there once. */
function matchAnyOrder(expected: string, actual: string, bindings: Bindings): boolean {
  const left = actual.split("\n");
  const wanted = expected.split("\n");
  if (left.length !== wanted.length) return false;
  return wanted.every((line) => {
    const at = left.findIndex((candidate) => line === candidate || matchWhole(tokenize(line), candidate, bindings));
    if (at >= 0) left.splice(at, 1);
    return at >= 0;
  });
}
