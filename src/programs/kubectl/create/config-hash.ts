import { sha256 } from "@noble/hashes/sha2.js";
import { hex, utf8 } from "../../../base/bytes.ts";
import { goJson } from "../../../base/go-json.ts";
import { type Fields, fieldsAt, textAt } from "../core/fields.ts";

const REPLACED: Readonly<Record<string, string>> = { "0": "g", "1": "h", "3": "k", a: "m", e: "t" };

/**
 * The suffix that --append-hash and kustomize's generators put behind a ConfigMap's or Secret's name. kustomize leaves
 * the name out of it.
 */
export function configHash(object: Fields, name = textAt(object, "metadata", "name")): string {
  const secret = textAt(object, "kind") === "Secret";
  const content: Record<string, unknown> = {
    kind: textAt(object, "kind"),
    name,
    data: Object.hasOwn(object, "data") ? fieldsAt(object, "data") : secret ? {} : "",
  };
  if (secret) content["type"] = textAt(object, "type");
  const binary = fieldsAt(object, "binaryData");
  if (Object.keys(binary).length > 0) content["binaryData"] = binary;
  const digest = hex(sha256(utf8(goJson(content, { sortKeys: true })))).slice(0, 10);
  return [...digest].map((char) => REPLACED[char] ?? char).join("");
}
