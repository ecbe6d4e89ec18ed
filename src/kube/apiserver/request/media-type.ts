import { Memo } from "../../../base/memo.ts";

/** What a client wants back. */
export interface WantedForm {
  readonly as: "object" | "table" | "partial" | "discovery";
  readonly version: string;
  readonly yaml: boolean;
}

/** What paths besides resources take Accept for: their forms are their own. */
export const ANY_FORM: WantedForm = { as: "object", version: "", yaml: false };

const OBJECT: WantedForm = { as: "object", version: "", yaml: false };
const JSON_TYPES = new Set(["application/json", "*/*", "application/*"]);

/** By header: clients have a few that they send with every request. */
const known = new Memo<WantedForm | "none">(64);

/**
 * The first form of an Accept header that this server can give. Undefined: none of them (406). Protobuf is passed over,
 * since every client that asks for it accepts JSON as well.
 */
export function negotiate(accept: string | undefined): WantedForm | undefined {
  if (accept === undefined || accept.trim() === "") return OBJECT;
  const form = known.get(accept, () => firstForm(accept) ?? "none");
  return form === "none" ? undefined : form;
}

function firstForm(accept: string): WantedForm | undefined {
  for (const clause of accept.split(",")) {
    const [type = "", ...parameters] = clause.split(";").map((part) => part.trim());
    if (type === "application/yaml") return { ...OBJECT, yaml: true };
    if (!JSON_TYPES.has(type)) continue;
    const values = new Map(parameters.map((parameter) => parameter.split("=", 2) as [string, string]));
    const form = formOf(values.get("as") ?? "", values.get("v") ?? "", values.get("g") ?? "");
    if (form !== undefined) return form;
  }
  return undefined;
}

function formOf(as: string, version: string, group: string): WantedForm | undefined {
  if (as === "") return OBJECT;
  if (as === "Table" && group === "meta.k8s.io") return { as: "table", version, yaml: false };
  if (as.startsWith("PartialObjectMetadata") && group === "meta.k8s.io") return { as: "partial", version, yaml: false };
  if (as === "APIGroupDiscoveryList" && group === "apidiscovery.k8s.io")
    return { as: "discovery", version, yaml: false };
  return undefined;
}
