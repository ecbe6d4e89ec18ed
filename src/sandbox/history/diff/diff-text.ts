import type { FieldChange } from "./field-changes.ts";
import type { FileChange } from "./file-changes.ts";
import type { ChangeKind, KeyChange, ObjectChange } from "./key-changes.ts";
import type { ProcessChange } from "./process-changes.ts";
import type { WorldDiff } from "./world-diff.ts";

const SIGN: Readonly<Record<ChangeKind, string>> = { created: "+", changed: "~", deleted: "-" };
const FIELDS_SHOWN = 12;
const PATCH_LINES_SHOWN = 16;

/** A diff for the terminal: `+` is new, `-` is gone, `~` is another. */
export function diffText(diff: WorldDiff): string {
  const parts = [
    section("Objects", diff.objects.map(objectText)),
    section("Other keys in etcd", diff.keys.map(keyText)),
    section("Files", diff.files.map(fileText)),
    section("Processes", diff.processes.map(processText)),
  ].join("");
  const { keys, files, booted } = diff.own;
  const boots = booted === 0 ? "" : `, ${booted} ${booted === 1 ? "host" : "hosts"} booted`;
  const own = `The cluster's own doing meanwhile: ${keys} keys renewed (leases, events, heartbeats), ${files} files written${boots}.\n`;
  return `${diff.from} → ${diff.to}\n${parts === "" ? "Nothing else differs.\n" : parts}${keys + files > 0 ? own : ""}`;
}

function section(title: string, items: readonly string[]): string {
  return items.length === 0 ? "" : `${title}\n${items.join("")}`;
}

function objectText({ change, kind, namespace, name, fields }: ObjectChange): string {
  return `  ${SIGN[change]} ${kind} ${namespace === "" ? "" : `${namespace}/`}${name}\n${fieldsText(fields)}`;
}

function fieldsText(fields: readonly FieldChange[]): string {
  const lines = fields
    .slice(0, FIELDS_SHOWN)
    .map(({ path, from, to }) => `      ${path}: ${from ?? "(none)"} → ${to ?? "(none)"}\n`);
  const more = fields.length - FIELDS_SHOWN;
  return `${lines.join("")}${more > 0 ? `      … and ${more} more fields\n` : ""}`;
}

function keyText({ change, key, from, to }: KeyChange): string {
  const values = change === "changed" ? `      ${from} → ${to}\n` : change === "created" ? `      ${to}\n` : "";
  return `  ${SIGN[change]} ${key}\n${values}`;
}

function fileText({ change, host, path, patch }: FileChange): string {
  const lines = change === "deleted" || patch === undefined ? [] : patch.trimEnd().split("\n");
  const shown = lines.slice(0, PATCH_LINES_SHOWN).map((line) => `      ${line}\n`);
  const more = lines.length - PATCH_LINES_SHOWN;
  return `  ${SIGN[change]} ${host}:${path}\n${shown.join("")}${more > 0 ? `      … and ${more} more lines\n` : ""}`;
}

function processText({ host, what, name, from, to }: ProcessChange): string {
  const sign = from === "" ? "+" : to === "" ? "-" : "~";
  const states = sign === "~" ? `: ${from} → ${to}` : sign === "+" ? `: ${to}` : "";
  return `  ${sign} ${what === "power" ? "power of " : `${host} `}${name}${states}\n`;
}
