/**
 * The support table, read out of the code: `node scripts/support-table.mjs` writes docs/support.md and what `lab support`
 * prints (src/sandbox/support.generated.ts). A test holds both against the code.
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./setup.mjs";

function sources(folder) {
  return readdirSync(join(ROOT, folder), { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) =>
      entry.isDirectory()
        ? sources(`${folder}/${entry.name}`)
        : entry.name.endsWith(".ts")
          ? [`${folder}/${entry.name}`]
          : [],
    );
}

/** The program of which a file is, where the file has another name than the program. */
const PROGRAM_OF_FILE = {
  disks: "df, mount",
  encode: "hexdump",
  "host-facts": "hostname",
  "host-status": "timedatectl, hostnamectl",
  "run-programs": "sudo",
  sockets: "ss, netstat",
  "text-columns": "column",
};
const PART_OF_FOLDER = { etcd: "etcd", shell: "bash" };
const PART_OF_FILE = {
  "src/base/regex/perl-parser.ts": "grep -P, journalctl --grep",
  "src/kube/apiserver/encryption/resource-transformers.ts": "kube-apiserver",
  "src/kube/client/secure-server.ts": "kube-scheduler, kube-controller-manager",
  "src/kube/kubelet/kubelet-server.ts": "kubelet",
  "src/kube/kubelet/volumes.ts": "kubelet",
  "src/machine/containerd/daemon.ts": "containerd",
};

/** The part of the sandbox that a file is of, as a learner would name it. */
function partOf(path) {
  const program = /^src\/programs\/(?:core\/|system\/)?([a-z-]+)/.exec(path)?.[1];
  if (program !== undefined) return PROGRAM_OF_FILE[program] ?? program;
  const part = PART_OF_FILE[path] ?? PART_OF_FOLDER[path.split("/")[1]];
  if (part === undefined) throw new Error(`${path} refuses something: say in support-table.mjs whose it is`);
  return part;
}

const clean = (text) =>
  text
    .replace(/\\n$/, "")
    .replace(/\$\{[^}]*\}/g, "…")
    .replace(/\\`/g, "`")
    .replace(/^([a-z]\S*)(?: …)+$/, "other commands and options of $1")
    .trim();

/** Everything that the code refuses, by part. */
export function refusals() {
  const found = [];
  for (const path of sources("src")) {
    if (path.endsWith(".generated.ts") || path.includes("/lab/")) continue;
    const text = readFileSync(join(ROOT, path), "utf8");
    if (path === "src/programs/system/refusals.ts") {
      for (const [, quoted, bare, what] of text.matchAll(/^ {2}(?:"([^"]+)"|([\w]+)): "([^"]+)",/gm))
        found.push({ program: quoted ?? bare, what });
      continue;
    }
    for (const [, what] of text.matchAll(/not simulated in this sandbox: ([^"`]+?)(?:["`]|\\n)/g)) {
      if (clean(what) !== "…") found.push({ program: partOf(path), what: clean(what) });
    }
    const options = path.startsWith("src/programs/") ? text.matchAll(/\brefused: "([^"]+)"/g) : [];
    for (const { 1: what, index } of options) {
      const program = [...text.slice(0, index).matchAll(/\bname: "([^"]+)"/g)].at(-1)?.[1] ?? partOf(path);
      found.push({ program, what });
    }
    for (const [, name] of text.matchAll(/= refused\(\s*"([^"]+)"/g))
      found.push({ program: partOf(path), what: `${partOf(path)} ${name}` });
    for (const [, what] of text.matchAll(
      /(?:notSimulated|NotSimulated|refuse|unsupported)\((?:call, )?\s*["`]([^"`]+)["`]/g,
    ))
      found.push({ program: partOf(path), what: clean(what) });
  }
  const seen = new Set();
  return found
    .filter(({ program, what }) => !seen.has(`${program} ${what}`) && seen.add(`${program} ${what}`))
    .sort((a, b) => (a.program < b.program ? -1 : a.program > b.program ? 1 : 0));
}

export function tableText(rows) {
  const cells = rows.map(({ program, what }) => `| ${program} | ${what.replaceAll("|", "\\|")} |`).join("\n");
  return `# What is not simulated\n\nMade from the code by \`node scripts/support-table.mjs\`: each row is something that answers\n\`not simulated in this sandbox: …\` (a command exits with 1 then). What is not listed and not installed is \`command not found\`, as on any host.\n\n| program | what |\n| --- | --- |\n${cells}\n`;
}

export function generatedText(rows) {
  return `/** Made by scripts/support-table.mjs from the code. */\nexport const REFUSED: readonly { readonly program: string; readonly what: string }[] = ${JSON.stringify(rows)};\n`;
}

if (process.argv[1]?.endsWith("support-table.mjs")) {
  const rows = refusals();
  writeFileSync(join(ROOT, "docs/support.md"), tableText(rows));
  writeFileSync(join(ROOT, "src/sandbox/support.generated.ts"), generatedText(rows));
}
