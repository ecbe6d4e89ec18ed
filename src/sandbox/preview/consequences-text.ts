import type {
  ApiTrouble,
  Consequences,
  NodeGap,
  ObjectChanges,
  ObjectName,
  PodFate,
  ServiceGap,
  Span,
} from "./consequences.ts";

const NAMES_MAX = 5;
const ROWS_MAX = 20;

/** Consequences as `lab preview` prints them. */
export function consequencesText(seen: Consequences): string {
  const sections = [
    section("The command", commandLines(seen)),
    section("Written straight to etcd", straightLines(seen)),
    section("Pods", seen.pods.map(podLine)),
    section("Nodes not ready", seen.nodes.map(nodeLine)),
    section("Services without endpoints", seen.services.map(serviceLine)),
    section("The API server meanwhile", seen.apiErrors.map(troubleLine)),
    section("etcd not reachable", seen.etcdAway.map(spanText)),
    section("Objects", objectLines(seen)),
    section("Gone for good", seen.lost.map(nameText)),
    adviceText(seen),
  ];
  return `${headline(seen)}\n${sections.join("")}`;
}

function nodeLine(gap: NodeGap): string {
  return `${gap.name}  ${spanText(gap)}`;
}

function serviceLine(gap: ServiceGap): string {
  return `${gap.namespace}/${gap.name}  ${spanText(gap)}`;
}

function troubleLine(trouble: ApiTrouble): string {
  return `${spanText(trouble)}: ${trouble.text}`;
}

function headline({ horizonSeconds, quiet, objects, pods, straight, etcdAway, apiErrors }: Consequences): string {
  const far = `Looked ${secondsText(horizonSeconds)} ahead on a copy; nothing has happened here.`;
  const end = quiet ? "" : " At the end of that it was not over yet.";
  const nothing =
    objects.length + pods.length + etcdAway.length + apiErrors.length === 0 && straight === undefined
      ? "\nNothing in the cluster would change.\n"
      : "\n";
  return `${far}${end}${nothing}`;
}

function section(title: string, lines: readonly string[]): string {
  if (lines.length === 0) return "";
  const shown = lines.slice(0, ROWS_MAX);
  if (lines.length > ROWS_MAX) shown.push(`… and ${lines.length - ROWS_MAX} more`);
  return `${title}\n${shown.map((line) => `  ${line}\n`).join("")}`;
}

function commandLines({ complete, exitCode, seconds, output }: Consequences): string[] {
  if (!complete) return ["not run: the shell waits for the rest of the line"];
  const end =
    exitCode === undefined
      ? `still running after ${secondsText(seconds)}`
      : `exit code ${exitCode} ${afterText(seconds)}`;
  const lines = output.trimEnd().split("\n");
  const shown = lines.length > NAMES_MAX ? [`… ${lines.length - NAMES_MAX} lines`, ...lines.slice(-NAMES_MAX)] : lines;
  return [end, ...shown.filter((line) => line !== "").map((line) => `| ${line}`)];
}

function straightLines({ straight }: Consequences): string[] {
  if (straight === undefined) return [];
  const { deletedKeys, putKeys } = straight;
  return [
    ...(deletedKeys.length > 0 ? [`deleted ${amount(deletedKeys)}`] : []),
    ...(putKeys.length > 0 ? [`put ${amount(putKeys)}`] : []),
    ...(deletedKeys.length + putKeys.length === 0 ? ["no key matched"] : []),
  ];
}

function podLine(pod: PodFate): string {
  const { successor, diesAt, recordGoneAt } = pod;
  const dies =
    diesAt === undefined
      ? `goes on running${recordGoneAt === undefined ? "" : ", its record goes"}`
      : `dies ${afterText(diesAt)}`;
  return `${pod.namespace}/${pod.name} on ${pod.node}: ${dies}; ${successorText(pod.name, successor)}`;
}

function successorText(name: string, successor: PodFate["successor"]): string {
  if (successor === undefined) return "nothing takes its place";
  const { createdAt, readyAt } = successor;
  const who = successor.name === name ? "back" : `replaced by ${successor.name}`;
  const ready = readyAt === undefined ? "not ready yet" : `ready ${afterText(Math.max(readyAt, createdAt))}`;
  return `${who} ${afterText(createdAt)}, ${ready}`;
}

/** What the section on pods does not tell already, then in one line what only changed. */
function objectLines({ objects, pods }: Consequences): string[] {
  const told = new Set(pods.flatMap((pod) => [podKey(pod, pod.name), podKey(pod, pod.successor?.name ?? "")]));
  const untold = objects.map((row) => {
    if (row.resource !== "pods") return row;
    const left = (names: readonly string[]) => names.filter((name) => !told.has(podKey(row, name)));
    return { ...row, gone: left(row.gone), returned: left(row.returned), created: left(row.created) };
  });
  const changed = objects
    .filter((row) => row.changed.length > 0)
    .map((row) => `${placeText(row)} ${row.changed.length}`);
  return [...untold.flatMap(objectLine), ...(changed.length > 0 ? [`changed: ${changed.join(", ")}`] : [])];
}

function podKey({ namespace }: { readonly namespace: string }, name: string): string {
  return `${namespace}/${name}`;
}

function objectLine(row: ObjectChanges): string[] {
  const parts = [
    ["gone", row.gone],
    ["gone and back", row.returned],
    ["new", row.created],
  ] as const;
  const told = parts.filter(([, names]) => names.length > 0).map(([what, names]) => `${what} ${amount(names)}`);
  return told.length === 0 ? [] : [`${placeText(row)}: ${told.join("; ")}`];
}

function placeText({ resource, namespace }: ObjectChanges): string {
  return namespace === "" ? resource : `${resource} in ${namespace}`;
}

function amount(names: readonly string[]): string {
  const named = names.filter((name) => name !== "");
  return named.length === 0 ? "" : `${names.length} (${some(named)})`;
}

function some(names: readonly string[]): string {
  const shown = names.slice(0, NAMES_MAX).join(", ");
  return names.length > NAMES_MAX ? `${shown}, …` : shown;
}

function nameText({ resource, namespace, name }: ObjectName): string {
  if (name === "") return resource;
  return namespace === "" ? `${resource}/${name}` : `${resource}/${name} in ${namespace}`;
}

function spanText({ from, to }: Span): string {
  return to === undefined
    ? `from ${secondsText(from)} on, until the end of what was looked at`
    : `from ${secondsText(from)} to ${secondsText(to)}`;
}

function afterText(seconds: number): string {
  return seconds < 0.05 ? "at once" : `after ${secondsText(seconds)}`;
}

function secondsText(seconds: number): string {
  return `${seconds < 9.95 ? seconds.toFixed(1) : Math.round(seconds)} s`;
}

function adviceText({ advice }: Consequences): string {
  return section(
    "Safer",
    advice.flatMap(({ text, command }) => [
      ...(text === "" ? [] : [text]),
      ...(command === undefined ? [] : [`  ${command}`]),
    ]),
  );
}
