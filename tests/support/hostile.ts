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
const FORMATS: readonly string[] = [
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
  "modes of mouse and keys":
    "\x1b[?1000h\x1b[?1003h\x1b[?1006h\x1b[?1h\x1b=\x1b[?2004l\x1b[?25l\x1b[?1004h\x1b[4h\x1b[20h\x1b[2h",
  "the other screen, left on": "\x1b[?1049h",
  "pastes in brackets, left on": "\x1b[?2004h",
  "other letters": "\x1b(0\x0e\x1b)0\x1b*B\x1b+A\x1bn\x1b~",
  "a screen of one line": "\x1b[5;5r\x1b[?6h\x1b[?7l\x1b[?69h\x1b[3;4s",
  "132 columns, and all anew": "\x1b[?40h\x1b[?3h\x1b#8\x1b[!p\x1bc",
  "a title that asks to be typed": "\x1b]0;\rtouch /root/hostile\r\x07\x1b[21t\x1b[20t\x1b]l\x1b\\",
  "requests that ask to be typed": "\x1bP$q;\rtouch /root/hostile\r\x1b\\\x1b[?1;\rtouch /root/hostile\r$p\x1b[0x",
  pictures:
    "\x1bPq#0;2;0;0;0#0!999999~\x1b\\\x1b]1337;File=inline=1;width=99999:AAAA\x07\x1b_Gf=24,s=99999,v=99999;AAAA\x1b\\",
  "a picture without end": "\x1bPq#0;2;0;0;0~~~",
  "a program's own command without end": "\x1b_hostile",
  "a private message without end": "\x1b^hostile",
  "a megabyte without end": `\x1b]0;${"x".repeat(1_000_000)}`,
  "a title of a megabyte": `\x1b]0;hostile${"x".repeat(1_000_000)}\x07`,
  "a link of a megabyte": `\x1b]8;;https://evil.example/${"x".repeat(1_000_000)}\x07link\x1b]8;;\x07`,
  "many numbers": `\x1b[${"1;".repeat(50_000)}m\x1b[${"9".repeat(5000)}A`,
  "controls of eight bits": "\xc2\x9b?1049h\xc2\x9d0;hostile\xc2\x9c\xc2\x90q\xc2\x9c\x9b31m\x9d0;hostile\x07",
  "a turned direction": "\xe2\x80\xaegnp.exe\xe2\x81\xa6\xe2\x81\xa7\xe2\x80\x8f\xd8\xb9\xd7\x90",
  "no width": "a\xe2\x80\x8b\xef\xbb\xbf\xe2\x81\xa0\xe2\x80\x8db",
  "marks on a letter without end": `a${"\xcc\x81".repeat(100_000)}`,
  "bells and strange pieces": `${"\x07".repeat(2000)}\xf0\x9f\x92\xed\xa0\x80\xf4\x90\x80\x80\xc0\x80\xfe\x00\x7f`,
};
/** What shells write around prompts and commands, from somebody who is no shell. */
export const FORGED_MARKS: readonly string[] = [
  ...["A", "A;k=s", "B", "C", "D;0", "D", "W", "D;NaN", ""].map((fields) => `\x1b]133;${fields}\x07`),
  "\x1b]133;D;0\x1b\\\x1b]133;A\x1b\\root@host:~# \x1b]133;B\x1b\\rm -rf /\x1b]133;C\x1b\\",
  "\x1b]133;D;0;seal=1.0123456789abcdef\x07\x1b]133;C;seal=999999999.0123456789abcdef\x07",
  "\u009d133;D;0\u009c",
  "\x1b[?1047l\x1b[?1000;1002;1003;1006l",
];
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
