import type { YAMLException } from "js-yaml";

/** libyaml's words for a failure; `shift` is added to js-yaml's line, which counts from 0. */
interface Wording {
  readonly text: string;
  readonly shift: number;
}

/**
 * js-yaml's reasons in libyaml's words. libyaml's scanner counts lines from 1, its parser names the line before the one
 * where it stopped. Measured against kubectl 1.35.
 */
const REASONS: readonly (Wording & { readonly pattern: RegExp })[] = [
  { pattern: /tab character/, text: "found character that cannot start any token", shift: 1 },
  { pattern: /bad indentation of a (mapping|sequence) entry/, text: "did not find expected key", shift: 0 },
  { pattern: /nested mappings are not allowed/, text: "mapping values are not allowed in this context", shift: 1 },
  { pattern: /expected ':' after a mapping key/, text: "could not find expected ':'", shift: 2 },
  { pattern: /colon is missed|implicit key/, text: "could not find expected ':'", shift: 1 },
  { pattern: /unexpected end of the (stream|document)/, text: "found unexpected end of stream", shift: 1 },
  { pattern: /missed comma between flow/, text: "did not find expected ',' or ']'", shift: 0 },
  {
    pattern: /(alias|anchor) node must contain/,
    text: "did not find expected alphabetic or numeric character",
    shift: 1,
  },
  { pattern: /unknown escape sequence/, text: "found unknown escape character", shift: 1 },
  { pattern: /end of the stream or a document separator/, text: "did not find expected key", shift: 0 },
];

/** What libyaml says when the entry that does not fit begins with this character. */
const STOPPED_AT: ReadonlyMap<string, Wording> = new Map([
  [":", { text: "mapping values are not allowed in this context", shift: 1 }],
  ["-", { text: "block sequence entries are not allowed in this context", shift: 1 }],
  ["]", { text: "did not find expected node content", shift: 0 }],
  ["}", { text: "did not find expected node content", shift: 0 }],
  ...["@", "`", "%"].map((sign) => [sign, { text: "found character that cannot start any token", shift: 1 }] as const),
]);

/** Ends where the value of `key:` begins on the same line. */
const AFTER_KEY = /:[ \t]+$/;
/** Ends where a flow collection has just begun. */
const OPENED = /[[{]\s*$/;
const NO_NODE: Wording = { text: "did not find expected node content", shift: 0 };
const OTHER: Wording = { text: "did not find expected node content", shift: 1 };

/** Go's text for a failed read: `yaml: line 4: did not find expected key`. */
export function libyamlMessage(error: YAMLException, text: string): string {
  const alias = /unidentified alias "(.*)"/.exec(error.reason);
  if (alias !== null) return `yaml: unknown anchor '${alias[1]}' referenced`;
  if (/non-printable/.test(error.reason)) return "yaml: control characters are not allowed";
  if (/cannot merge mappings/.test(error.reason))
    return "yaml: map merge requires map or sequence of maps as the value";
  if (/maxDepth/.test(error.reason)) return "yaml: exceeded max depth of 10000";
  const wording = choose(error, text);
  const line = lineOf(error, text);
  return `yaml: ${line > 0 ? `line ${line + wording.shift}: ` : ""}${wording.text}`;
}

/** Where it stopped, counted from 0. For libyaml the end of a text stands on a line of its own; it never names the first. */
function lineOf(error: YAMLException, text: string): number {
  const { position, line } = error.mark ?? { position: text.length, line: text.split("\n").length - 1 };
  return position >= text.length && !text.endsWith("\n") ? line + 1 : line;
}

function choose(error: YAMLException, text: string): Wording {
  const position = error.mark?.position ?? 0;
  if (/bad indentation of a mapping/.test(error.reason)) {
    const found = STOPPED_AT.get(text.charAt(position));
    if (found !== undefined && (text.charAt(position) === ":" || AFTER_KEY.test(text.slice(0, position)))) return found;
  }
  if (/tab character/.test(error.reason)) return tabWording(text.slice(0, position));
  if (/within a flow|deficient indentation/.test(error.reason) && OPENED.test(text.slice(0, position))) return NO_NODE;
  if (/within a flow|deficient indentation/.test(error.reason)) return unclosed(text, position);
  return REASONS.find((candidate) => candidate.pattern.test(error.reason)) ?? OTHER;
}

/** A tab may stand where a value was awaited, or where the next key was. */
function tabWording(before: string): Wording {
  const previous = before.slice(0, before.lastIndexOf("\n")).trimEnd();
  const awaited = previous === "" || previous.endsWith(":") || previous.endsWith("-");
  return {
    text: awaited ? "found character that cannot start any token" : "found a tab character that violates indentation",
    shift: 1,
  };
}

/** Text that went on where something was still open: a quote or a flow collection. */
function unclosed(text: string, position: number): Wording {
  const before = text.slice(0, position);
  let open = "";
  let bracket = "]";
  for (const character of before) {
    if (open === "" && (character === '"' || character === "'")) open = character;
    else if (character === open) open = "";
    else if (open === "" && (character === "[" || character === "{")) bracket = character === "[" ? "]" : "}";
  }
  if (open !== "") return { text: "found unexpected end of stream", shift: text.slice(position).split("\n").length };
  return { text: `did not find expected ',' or '${bracket}'`, shift: 0 };
}
