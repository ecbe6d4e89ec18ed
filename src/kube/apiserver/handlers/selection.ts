import { type FieldRequirement, FieldSelectorError, fieldText, parseFieldSelector } from "../../api/field-selector.ts";
import type { KubeObject } from "../../api/kube-object.ts";
import { type LabelRequirement, matchesLabels, parseLabelSelector, SelectorError } from "../../api/labels.ts";
import type { Kind } from "../registry/kind.ts";
import type { QueryParameters } from "../request/request-info.ts";
import { badRequest } from "../status.ts";

/** Which objects a list or watch is about. */
export interface Selection {
  /** True: no selector at all. */
  readonly all: boolean;
  matches(object: KubeObject): boolean;
}

const ALL: Selection = { all: true, matches: () => true };

/** Other names of a selectable field's place in the object. */
const PLACES: Readonly<Record<string, string>> = {
  source: "source.component",
  "status.successful": "status.succeeded",
};

/** Reads labelSelector and fieldSelector, and the name of a watch on one object. Throws ApiError 400. */
export function readSelection(kind: Kind, query: QueryParameters, name = ""): Selection {
  const labels = parseLabels(query.get("labelSelector"));
  const fields = parseFields(kind, query.get("fieldSelector"));
  if (labels.length === 0 && fields.length === 0 && name === "") return ALL;
  return {
    all: false,
    matches: (object) =>
      (name === "" || object.metadata.name === name) &&
      fields.every((requirement) => meets(object, requirement)) &&
      matchesLabels(labels, object.metadata.labels ?? undefined),
  };
}

function parseLabels(text: string): readonly LabelRequirement[] {
  try {
    return text === "" ? [] : parseLabelSelector(text);
  } catch (error) {
    if (error instanceof SelectorError) throw badRequest(error.message);
    throw error;
  }
}

function parseFields(kind: Kind, text: string): readonly FieldRequirement[] {
  if (text === "") return [];
  let requirements: readonly FieldRequirement[];
  try {
    requirements = parseFieldSelector(text);
  } catch (error) {
    if (error instanceof FieldSelectorError) throw badRequest(error.message);
    throw error;
  }
  for (const { field } of requirements) {
    if (field === "metadata.name" || field === "metadata.namespace" || kind.selectableFields.includes(field)) continue;
    throw badRequest(
      kind.schema === undefined || kind.selectableFields.length === 0
        ? `"${field}" is not a known field selector: only "metadata.name", "metadata.namespace"`
        : `field label not supported: ${field}`,
    );
  }
  return requirements;
}

function meets(object: KubeObject, { field, operator, value }: FieldRequirement): boolean {
  let actual = fieldText(object, PLACES[field] ?? field);
  if (actual === "" && (field === "spec.unschedulable" || field === "spec.hostNetwork")) actual = "false";
  return (actual === value) === (operator === "=");
}
