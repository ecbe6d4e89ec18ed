import type { Task } from "../../../sim/task.ts";
import { CommandError, usageError } from "../core/failure.ts";
import { type Fields, fields, withAt } from "../core/fields.ts";
import type { Kubectl } from "../core/kubectl.ts";
import {
  CLUSTERS,
  CONTEXTS,
  entryOf,
  readConfigDocument,
  type Section,
  USERS,
  withEntry,
  writeConfigDocument,
} from "./document.ts";

const SECTIONS: Readonly<Record<string, Section>> = { clusters: CLUSTERS, contexts: CONTEXTS, users: USERS };

/** kubectl config set */
export function* setProperty(kubectl: Kubectl): Task<number> {
  const [name, value, ...more] = kubectl.parsed.args;
  if (name === undefined || value === undefined || more.length > 0) {
    throw usageError(kubectl.path, `Unexpected args: [${kubectl.parsed.args.join(" ")}]`);
  }
  change(kubectl, name, value);
  yield* kubectl.out(`Property "${name}" set.\n`);
  return 0;
}

/** kubectl config unset */
export function* unsetProperty(kubectl: Kubectl): Task<number> {
  const [name, ...more] = kubectl.parsed.args;
  if (name === undefined || more.length > 0) {
    throw usageError(kubectl.path, `Unexpected args: [${kubectl.parsed.args.join(" ")}]`);
  }
  change(kubectl, name, undefined);
  yield* kubectl.out(`Property "${name}" unset.\n`);
  return 0;
}

function change(kubectl: Kubectl, property: string, value: string | undefined): void {
  const { document, file } = readConfigDocument(kubectl);
  const steps = property.split(".").filter((step) => step !== "");
  const [head = "", ...rest] = steps;
  const section = SECTIONS[head];
  if (section !== undefined) {
    writeConfigDocument(kubectl, file, changeEntry(document, section, rest, value));
    return;
  }
  if (head !== "current-context" && head !== "preferences") {
    throw new CommandError(`unable to locate path for ${property}`);
  }
  writeConfigDocument(kubectl, file, withAt(document, steps, value));
}

/** Names may have dots, so the longest known name wins. */
function changeEntry(document: Fields, section: Section, steps: readonly string[], value: string | undefined): Fields {
  for (let length = steps.length; length > 0; length--) {
    const name = steps.slice(0, length).join(".");
    const entry = entryOf(document, section, name);
    if (entry === undefined && !(length === 1)) continue;
    const path = steps.slice(length);
    if (path.length === 0) {
      if (value !== undefined) throw new CommandError(`can't set a map to a value: ${value}`);
      return withEntry(document, section, name, undefined);
    }
    const typed = path[0] === "insecure-skip-tls-verify" && value !== undefined ? value === "true" : value;
    return withEntry(document, section, name, fields(withAt(entry ?? {}, path, typed)));
  }
  return value === undefined ? { ...document, [section.list]: [] } : document;
}
