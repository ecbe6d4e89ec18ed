import type { Advice, Consequences, ObjectName } from "../../worker/protocol.ts";
import { TEXTS } from "../texts.ts";

const NAMES_MAX = 3;

/** What a line would destroy, in a learner's words. */
export interface Warning {
  /** Most important first; never empty. */
  readonly lines: readonly string[];
  readonly horizonSeconds: number;
  /** What to do instead; and how many commands more it takes to do the same. */
  readonly safer: { readonly command: string; readonly more: number } | undefined;
}

/** The warning for a line that was run ahead; undefined when it destroys nothing, or was not run. */
export function warningOf(seen: Consequences): Warning | undefined {
  if (!seen.complete) return undefined;
  const { ahead } = TEXTS;
  const deleted = seen.straight?.deletedKeys.length ?? 0;
  const lines = [
    deleted > 0 && ahead.straight(deleted),
    seen.etcdAway.length > 0 && ahead.etcd,
    seen.apiErrors.length > 0 && ahead.api,
    ...podLines(seen),
    seen.services.length > 0 && ahead.services(namesText(seen.services.map(pathOf))),
    seen.nodes.length > 0 && ahead.nodes(namesText(seen.nodes.map(({ name }) => name))),
    ...lostLines(seen),
  ].filter((line) => line !== false);
  if (lines.length === 0) return undefined;
  return { lines, horizonSeconds: Math.round(seen.horizonSeconds), safer: saferOf(seen.advice) };
}

/** The first piece of advice that is a command; those that belong to it follow without words of their own. */
function saferOf(advice: readonly Advice[]): Warning["safer"] {
  const at = advice.findIndex(({ command }) => command !== undefined);
  const command = advice[at]?.command;
  if (command === undefined) return undefined;
  const next = advice.findIndex(({ text }, index) => index > at && text !== "");
  return { command, more: (next < 0 ? advice.length : next) - at - 1 };
}

function podLines({ pods }: Consequences): string[] {
  const { ahead } = TEXTS;
  const dying = pods.filter(({ diesAt }) => diesAt !== undefined);
  const forgotten = pods.filter(({ diesAt, recordGoneAt }) => diesAt === undefined && recordGoneAt !== undefined);
  return [
    ...(dying.length > 0 ? [fates(ahead.dies(dying.length), dying)] : []),
    ...(forgotten.length > 0 ? [fates(ahead.forgotten(forgotten.length), forgotten)] : []),
  ];
}

/** What comes in the place of pods, behind `what` happens to them. */
function fates(what: string, pods: Consequences["pods"]): string {
  const { ahead } = TEXTS;
  const replaced = pods.flatMap(({ successor }) => successor ?? []);
  const ready = replaced.flatMap(({ readyAt }) => readyAt ?? []);
  const parts = [
    ready.length > 0 && ahead.returns(ready.length, Math.ceil(Math.max(...ready))),
    replaced.length > ready.length && ahead.unready(replaced.length - ready.length),
    pods.length > replaced.length && ahead.unreplaced(pods.length - replaced.length),
  ].filter((part) => part !== false);
  return `${what}: ${parts.join(", ")}`;
}

/** What is lost besides pods, which have lines of their own. */
function lostLines({ lost }: Consequences): string[] {
  const others = lost.filter(({ resource }) => resource !== "pods");
  const names = others.map((object) => `${object.resource}/${object.name}`.replace(/\/$/, ""));
  return others.length === 0 ? [] : [TEXTS.ahead.lost(others.length, namesText(names))];
}

const pathOf = ({ namespace, name }: Pick<ObjectName, "namespace" | "name">): string => `${namespace}/${name}`;

function namesText(names: readonly string[]): string {
  const shown = names.slice(0, NAMES_MAX).join(", ");
  return names.length > NAMES_MAX ? TEXTS.ahead.more(shown, names.length - NAMES_MAX) : shown;
}
