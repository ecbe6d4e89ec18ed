const ESCAPED: Readonly<Record<string, string>> = {
  '"': '\\"',
  "\\": "\\\\",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
  "\b": "\\b",
  "\f": "\\f",
};

const SPECIAL = /["\\<>&\u0000-\u001f\u2028\u2029]/g;

/** A JSON string as Go's encoding/json writes it, with `<`, `>` and `&` escaped. */
export function goJsonString(text: string): string {
  return `"${text.replace(SPECIAL, escapeChar)}"`;
}

const ZAP_SPECIAL = /["\\\u0000-\u001f]/g;

/** A JSON string as zap's encoder writes it, without escaping HTML. */
export function zapJsonString(text: string): string {
  return `"${text.replace(ZAP_SPECIAL, escapeChar)}"`;
}

function escapeChar(char: string): string {
  return ESCAPED[char] ?? `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
