import type { DistinguishedName } from "../../pki/certificate.ts";
import { TAG } from "../../pki/der.ts";
import { buildName, type NameAttribute } from "../../pki/distinguished-name.ts";
import { ATTRIBUTE_OIDS } from "../../pki/oid.ts";
import { longName } from "./name-text.ts";
import { Failure, type Run } from "./run.ts";

/**
 * Reads `/CN=jane/O=devs`, as `-subj` takes it; warnings about attributes that nobody knows are returned beside the
 * name. Throws Failure when it has another form.
 */
export function parseSubject(run: Run, text: string): { name: DistinguishedName; warnings: string } {
  if (!text.startsWith("/")) throw malformed(run, text);
  const attributes: NameAttribute[] = [];
  let warnings = "";
  for (const part of splitUnescaped(text.slice(1))) {
    if (part === "") continue;
    const equals = part.indexOf("=");
    if (equals < 0) {
      throw new Failure(
        `${run.name}: Missing '=' after RDN type string '${part}' in subject name string\n${run.name}: Use -help for summary.\n`,
      );
    }
    const type = shortName(part.slice(0, equals));
    const value = part.slice(equals + 1).replace(/\\(.)/g, "$1");
    if (type === undefined) {
      warnings += `${run.name} warning: Skipping unknown subject name attribute "${part.slice(0, equals)}"\n`;
    } else if (value === "") {
      warnings += `${run.name} warning: No value provided for subject name attribute "${type}", skipped\n`;
    } else attributes.push({ type, value, tag: stringTag(type) });
  }
  return { name: buildName(attributes), warnings };
}

function malformed(run: Run, text: string): Failure {
  return new Failure(
    `${run.name}: subject name is expected to be in the format /type0=value0/type1=value1/type2=... where characters ` +
      `may be escaped by \\. This name is not in that format: '${text.slice(1) === "" ? "" : text}'\n`,
  );
}

/** OpenSSL takes UTF8String for free texts; countries and serial numbers are PrintableString. */
function stringTag(type: string): number {
  if (type === "C" || type === "serialNumber") return TAG.printableString;
  return type === "emailAddress" || type === "DC" ? TAG.ia5String : TAG.utf8String;
}

function shortName(type: string): string | undefined {
  const wanted = type.trim();
  if (ATTRIBUTE_OIDS.has(wanted)) return wanted;
  return [...ATTRIBUTE_OIDS.keys()].find((name) => longName(name) === wanted);
}

function splitUnescaped(text: string): string[] {
  const parts: string[] = [];
  let part = "";
  for (let i = 0; i < text.length; i++) {
    if (text[i] === "\\" && i + 1 < text.length) part += `\\${text[++i]}`;
    else if (text[i] === "/") {
      parts.push(part);
      part = "";
    } else part += text.charAt(i);
  }
  return [...parts, part];
}
