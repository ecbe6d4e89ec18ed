import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { KeyDecoder } from "../../../../src/base/terminal-keys.ts";
import { Editor } from "../../../../src/programs/vi/editor.ts";
import { keyBytes } from "../../../support/screen.ts";

const POEM = "one two three\nfour  five\n\n  six, seven;eight\nnine (ten [eleven]) {twelve}\nlast\n";
const YAML = "spec:\n  replicas: 1\n  containers:\n  - name: a\n    image: nginx:1.25\n  - name: b\n    image: redis:7\n";

/** Keys typed into the poem, and what stands in the file after `:wq`. */
const KEYS: readonly string[] = [
  "x", "3x", "X", "lX", "$x", "dd", "2dd", "9dd", "jddk", "Gdd", "dw", "d2w", "2dw", "wdw", "$dw", "jdw", "jwdw", "db", "wdb", "wwd0", "wd$", "wD",
  "de", "dE", "wde", "jjjde", "dG", "jdgg", "dj", "jdk", "2dj", "dfo", "dto", "$dFo", "$dTe", "fw;x", "fo;x", "fo;;,x", "j$d%", "jjjj0f(d%", "jjjjd%",
  "cwNEW<Esc>", "wcwNEW<Esc>", "cWNEW<Esc>", "ccnew<Esc>", "Cnew<Esc>", "wCnew<Esc>", "S new<Esc>", "snew<Esc>", "3snew<Esc>", "c2wnew<Esc>", "jjjwcwx<Esc>",
  "jwcwx<Esc>", "jjcwx<Esc>", "ci(x<Esc>", "jjjjf(lci(x<Esc>", "jjjjf(lci[x<Esc>", "jjjjf[lca[x<Esc>", "jjjjfwci{x<Esc>", "jjjjfnda(", "diw", "wdiw", "daw", "wdaw", "$daw", "jwdaw",
  "iX<Esc>", "aX<Esc>", "IX<Esc>", "AX<Esc>", "oX<Esc>", "OX<Esc>", "GoX<Esc>", "3ix<Esc>", "3Aab<Esc>", "2oX<Esc>", "ia<Enter>b<Esc>", "Aab<BS>c<Esc>", "jI<BS>x<Esc>", "A foo bar<C-w>z<Esc>", "A xy<C-u>q<Esc>",
  "i<Right><Right>X<Esc>", "iab<Left>X<Esc>", "jjjiX<Down>Y<Esc>", "A<Home>X<End>Y<Esc>", "iX<Del>Y<Esc>",
  "rX", "3rX", "99rX", "$rX", "wr<Enter>", "~", "5~", "w~~", "g~w", "gUw", "guG", "gUU", "g~~", "RABC<Esc>", "$RABCDE<Esc>",
  "yyp", "yyP", "2yyp", "yyGp", "ywP", "ywp", "yw$p", "y$jp", "yyjP", "2yyjp", "ddp", "dwwP", "xp", "yy3p", "yw3p", "jYGp", "wyejp", "dwj.", "\"ayyj\"ayy\"ap", "\"ayyjdd\"ap\"ap", "\"ayyj\"Ayy\"ap",
  "J", "3J", "jJ", "jjJ", "GJ", "jjjJ", "9J", ">>", "2>>", "<lt><lt>", "jjj<lt><lt>", ">j", "3>>", "jj>>",
  "ddu", "xxu", "xxuu", "ddup", "dduu<C-r>", "xxuu<C-r><C-r>", "iabc<Esc>u", "oabc<Esc>u<C-r>",
  "x.", "dd.", "dw.", "iX<Esc>.", "AX<Esc>j.", "cwX<Esc>w.", "3x.", "x3.", "2dw.", "oX<Esc>..", ">>.", "rXl.", "~..", "J.", "p.",
  "Gx", "2Gx", "ggx", "3Gdd", "$x", "^x", "jjj^x", "jjj0x", "wx", "wwwx", "wwwwx", "bx", "Gbx", "GBx", "ex", "eex", "jjjWx", "jjjwwx", "jjjeeex", "}x", "{x", "G{x", "}}x", "d}", "jd{", "+x", "jj-x", "3|x",
  "j$kx", "$jx", "wwjx", "wwjjjx", "Ajj<Esc>jx", "lljjjx", "%x", "jjjj%x", "jjjjfl%x", "Hx", "Lx", "Mx", "_x", "3_x",
  "/two<Enter>x", "/e<Enter>nx", "/e<Enter>nnNx", "?e<Enter>x", "/nope<Enter>x", "G/four<Enter>x", "*x", "jw*x", "/^$<Enter>iX<Esc>", "/t\\(w\\|h\\)<Enter>nx", "/\\<lt>t<Enter>nx", "d/five<Enter>", "mamajjd'a", "majjlld`a",
  "vx", "vex", "vjd", "Vd", "Vjd", "VGd", "v$d", "vwd", "wvbd", "vey$p", "Vyp", "vjy$p", "vU", "ve~", "Vjgu", "Vj>", "V>", "Vj<lt>", "VjJ", "vec new<Esc>", "Vcnew<Esc>", "viwd", "vawd", "wviwp", "yewviwp", "vjjo0d", "vfod", "v3ld",
  ":2<Enter>x", ":$<Enter>x", ":2d<Enter>", ":2,3d<Enter>", ":%d<Enter>", ":.,+1d<Enter>", ":2,$d<Enter>", ":$-1d<Enter>", ":/five/d<Enter>",
  ":s/o/0/<Enter>", ":s/o/0/g<Enter>", ":%s/e/E/g<Enter>", ":%s/e/E/<Enter>", ":%s/nope/x/<Enter>", ":%s/\\(t\\w*\\) *\\(t\\w*\\)/\\2 \\1/<Enter>", ":%s/e/[&]/g<Enter>", ":%s#/#x#<Enter>", ":%s/ /\\r/<Enter>", ":%s/o$/!/<Enter>", ":%s/\\s\\+/ /g<Enter>", ":2,4s/e/X/g<Enter>", ":%s/ONE/1/i<Enter>", ":%s/\\<lt>t/T/g<Enter>", ":%s/e//g<Enter>", ":s/one/a\\/b/<Enter>", ":%s/\\v(o)(n)/\\2\\1/<Enter>", ":'<lt>,'>d<Enter>",
  ":m$<Enter>", ":2m0<Enter>", ":t.<Enter>", ":1,2t$<Enter>", ":1,2m3<Enter>", ":3m1<Enter>", ":j<Enter>", ":1,3j<Enter>", ":><Enter>", ":2,4><Enter>",
  ":g/e/d<Enter>", ":v/e/d<Enter>", ":g/o/s/o/0/<Enter>", ":g!/e/d<Enter>", ":y<Enter>p", ":2y<Enter>Gp", ":1,2y<Enter>:$pu<Enter>",
  ":set et sw=2<Enter>>>", ":set sw=4<Enter>>>", ":set et ts=4<Enter>i<Tab>x<Esc>", ":set ai<Enter>jjjAx<Enter>y<Esc>", ":set sw=2 et<Enter>jjjI<C-t><Esc>", "Vj:s/o/0/<Enter>", "vjj:d<Enter>",
  "2:d<Enter>", "<C-a>", "jA 41<Esc><C-a>", "jA -5<Esc>3<C-x>", "qq", "gIx<Esc>", "wgIx<Esc>", "zzx", "3.", "dd3p", "d<Esc>x", "2d<Esc>x", "ZZ", "5Gx", "99Gx", "yG:$<Enter>p", "y2jGp", "ylp", "xjp", "Ox<Esc>jp", ":noh<Enter>x", "<C-f>x", "<C-d>x",
  "A<Enter><Esc>u", "i<C-c>x", "cc<Esc>", "jjcc x<Esc>", "Go<Esc>p", "dwu.", "wi<Enter><Esc>", "jjix<Esc>", "jjp", "yyjjp", "d$p", "D.p", "jd$k$p",
];

const YAML_KEYS: readonly string[] = [
  "/replicas<Enter>$r3", "/replicas<Enter>f1cw5<Esc>", ":%s/nginx:1.25/nginx:1.26/<Enter>", "/image<Enter>WC httpd<Esc>", "jjddkP", "/name: b<Enter>kdd", ":set et ts=2 sw=2<Enter>joimagePullPolicy: Always<Esc>>>", "/image<Enter>yyp:s/image/command/<Enter>", "Vjjjd", "/redis<Enter>dt:i x<Esc>", "4G2yyGp", "/ngin<Enter>xx", "Go# end<Esc>", "/redis<Enter>ci\"x<Esc>", "f:lDA x<Esc>", "/- name: b<Enter>V}d", "jA0<Esc>", "j$<C-a>",
];

const folder = mkdtempSync(join(tmpdir(), "vim-"));
afterAll(() => rmSync(folder, { recursive: true }));

function real(text: string, keys: string): string {
  writeFileSync(join(folder, "f"), text);
  writeFileSync(join(folder, "keys"), `${keys}\x1b\x1b:wq!\r`, "utf8");
  const flags = ["-N", "-u", "NONE", "-i", "NONE", "-n", "--not-a-term", "-T", "xterm", "-c", "set nottimeout notimeout"];
  spawnSync("vim", [...flags, "-s", "keys", "f"], { cwd: folder, timeout: 10_000, env: { PATH: "/usr/bin:/bin", LC_ALL: "C.UTF-8", LINES: "24", COLUMNS: "80" } });
  return readFileSync(join(folder, "f"), "utf8");
}

function ours(text: string, keys: string): string {
  let file = text;
  const editor = new Editor({
    now: () => 0,
    exists: () => true,
    read: () => ({ text: file, readOnly: false }),
    write: (_, content) => {
      file = content;
      return undefined;
    },
  });
  editor.state.load("f");
  editor.frame(80, 24);
  const decoder = new KeyDecoder();
  // Escape is a key of its own when it comes alone
  for (const part of `${keys}\x1b\x1b:wq!\r`.split(/(?<=\x1b(?!\[))/))
    for (const key of decoder.take(new TextEncoder().encode(part))) if (editor.exitCode === undefined) editor.press(key);
  return file;
}

const typed = (keys: string) => keyBytes(keys).replaceAll("<lt>", "<");

describe.skipIf(!existsSync("/usr/bin/vim"))("as vim", () => {
  test.each([...new Set(KEYS)])("poem: %s", (keys) => expect(ours(POEM, typed(keys))).toBe(real(POEM, typed(keys))));
  test.each(YAML_KEYS)("yaml: %s", (keys) => expect(ours(YAML, typed(keys))).toBe(real(YAML, typed(keys))));
});
