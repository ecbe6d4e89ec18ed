/**
 * Texts that people, programs, lessons and files may bring, made to be obeyed by whoever shows them. A test that finds
 * `globalThis.hostile` set, or a title with the word in it, has found one that was.
 */

/** Markup and addresses that would run a script if they became part of a page. */
export const MARKUP: readonly string[] = [
  "<script>globalThis.hostile=1</script>",
  '<img src=x onerror="globalThis.hostile=1">',
  "<svg onload=globalThis.hostile=1>",
  '<iframe srcdoc="<script>parent.hostile=1</script>"></iframe>',
  "\"><svg/onload='globalThis.hostile=1'>",
  "</textarea></script><details open ontoggle=globalThis.hostile=1>",
  "<math><a xlink:href=javascript:globalThis.hostile=1>x</a></math>",
  "<base href=//evil.example/><meta http-equiv=refresh content=0;url=//evil.example>",
  "javascript:globalThis.hostile=1",
  "data:text/html,<script>parent.hostile=1</script>",
  "&lt;script&gt;globalThis.hostile=1&lt;/script&gt;",
];

/** Texts that a template, a format or a pattern would take for its own. */
export const FORMATS: readonly string[] = [
  // biome-ignore lint/suspicious/noTemplateCurlyInString: that is the point
  "${globalThis.hostile=1}",
  "{{constructor.constructor('globalThis.hostile=1')()}}",
  "{{.Values.x}} {{range}}",
  "%s%n%d%99999999d%",
  "$1 $& $' $$",
  "(a+)+$ [",
  "{.items[*]..constructor}",
];

/** Names that every JavaScript object seems to have. */
export const PROTOTYPE_NAMES: readonly string[] = ["__proto__", "constructor", "toString", "hasOwnProperty", "valueOf"];

/** Texts that hide, turn their direction or fill the screen. */
export const WRITING: readonly string[] = [
  "\u202egnp.exe\u202c",
  "\u2066\u2067\u2068\u2069\u200e\u200f",
  "zero\u200bwidth\ufeff\u2060joiner\u200d",
  "Z\u0351\u036b\u0343\u036a\u0302\u036b\u033d\u034f\u0334\u0319\u0324\u031e\u0349\u035a\u032f",
  "\u{1f469}\u200d\u{1f469}\u200d\u{1f467}\u200d\u{1f466}\u{e0001}\u{10ffff}",
  "9".repeat(400),
  "a".repeat(200),
];

/** Sequences that a terminal may obey, by what they are for. */
export const ESCAPES: Readonly<Record<string, string>> = {
  "title (OSC 0)": "\x1b]0;hostile title\x07",
  "title (OSC 2)": "\x1b]2;hostile title\x1b\\",
  "clipboard (OSC 52)": "\x1b]52;c;aG9zdGlsZQ==\x07",
  "clipboard's content": "\x1b]52;c;?\x07",
  "a link to a script (OSC 8)": "\x1b]8;;javascript:globalThis.hostile=1\x07hostile link\x1b]8;;\x07",
  "a link to data (OSC 8)": "\x1b]8;;data:text/html,<script>parent.hostile=1</script>\x1b\\hostile link\x1b]8;;\x1b\\",
  "answers into the input": "\x1b[c\x1b[>c\x1b[5n\x1b[6n\x1b[?6n\x1bP$qm\x1b\\\x1bP+q544e\x1b\\\x1b[21t\x1b[18t\x05",
  "colours asked for": "\x1b]4;1;?\x07\x1b]10;?\x07\x1b]11;?\x07",
  "the other screen": "\x1b[?1049h\x1b[?47h\x1b[?1049l",
  "far moves": "\x1b[999999999;999999999H\x1b[99999999999C\x1b[99999999999B\x1b[2147483648A",
  "many of a sign": "x\x1b[999999999b\x1b[999999999@\x1b[999999999L\x1b[999999999X",
  "a forged end": "\x1b]133;D;0\x07\x1b]133;D\x07\x1b]133;D;NaN\x07",
  "a forged command": "\x1b]133;A\x07root@host:~# \x1b]133;B\x07rm -rf /\x1b]133;C\x07\x1b]133;D;0\x07",
  "marks that mean nothing": "\x1b]133;\x07\x1b]133;Z;;;\x07\x1b]133;C\x07\x1b]133;C\x07",
  "a sequence without end": "\x1b]0;hostile\x1b[\x1bP",
  "no UTF-8": "\xff\xfe\x80",
  "modes of mouse and keys": "\x1b[?1000h\x1b[?1003h\x1b[?1h\x1b=\x1b[?2004l\x1b[?25l",
};
/** Undoes what the escapes do to modes, and ends what they leave open. */
export const CALM = "\x1b\\\x1bc";

/** What may be typed, put and named: one line each, no NUL. */
export const LINES: readonly string[] = [...MARKUP, ...FORMATS, ...PROTOTYPE_NAMES, ...WRITING];

/** YAML of a few lines that stands for nine to the tenth nodes: the last of its members holds them. */
export function aliasBomb(): string {
  const names = "abcdefghij".split("");
  return names
    .map((name, at) => `${name}: &${name} [${Array(9).fill(at === 0 ? "x" : `*${names[at - 1]}`)}]`)
    .join("\n");
}

/** A value that is nested this deeply. */
export const deepJson = (depth: number): string => `${'{"a":'.repeat(depth)}1${"}".repeat(depth)}`;
