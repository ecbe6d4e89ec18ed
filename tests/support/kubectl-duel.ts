import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { firstKernelImage, Kernel } from "../../src/sim/kernel.ts";
import { ApiServerPort } from "./api-server-port.ts";
import { levelled, withoutAges } from "./kubectl-mask.ts";
import { API_PORT, KubectlServer } from "./kubectl-server.ts";
import { runProgram } from "./machine.ts";
import { startRealKubectl } from "./real-kubectl.ts";

/** What a command printed, and how it ended. */
export interface Said {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
}

const FOLDER = "/work";

/** Two API servers in the same state: the real kubectl speaks to one, ours to the other, and they are told the same. */
export class KubectlDuel {
  private readonly real: string;
  private readonly ours = newServer();
  private readonly port: ApiServerPort;
  private readonly home = mkdtempSync(join(tmpdir(), "kubectl-duel-"));

  private constructor(real: string, port: ApiServerPort) {
    this.real = real;
    this.port = port;
  }

  /** `real` is the real kubectl's path; both find `files` where they run. */
  static async open(real: string, files: Readonly<Record<string, string>>): Promise<KubectlDuel> {
    const theirs = newServer();
    const { api } = theirs.server;
    const port = await ApiServerPort.open(theirs.machine.kernel, (request) =>
      api.handle({ request, peerCertificates: [] }),
    );
    const duel = new KubectlDuel(real, port);
    for (const [name, content] of Object.entries(files)) duel.addFile(name, content);
    duel.addFile(".kube/config", emptyUserConfig(port.url), emptyUserConfig(`http://127.0.0.1:${API_PORT}`));
    await duel.run("create sa default");
    return duel;
  }

  close(): Promise<void> {
    return this.port.close();
  }

  /** `ARGUMENTS` of kubectl, or `ARGUMENTS < FILE`. */
  async run(line: string): Promise<{ readonly expected: Said; readonly actual: Said }> {
    const [command = "", from] = line.split(" < ");
    const args = commandWords(command);
    const input = from === undefined ? {} : { stdin: readFileSync(join(this.home, from), "utf8") };
    const expected = await startRealKubectl(this.real, args, {
      home: this.home,
      cwd: this.home,
      kubeconfig: join(this.home, ".kube/config"),
      ...input,
    });
    const actual = runProgram({
      machine: this.ours.machine,
      argv: ["kubectl", ...args],
      env: { HOME: FOLDER, PATH: "/usr/bin" },
      cwd: FOLDER,
      ...input,
    });
    this.ours.advance(100);
    return { expected: this.masked(expected), actual: this.masked(actual) };
  }

  private addFile(name: string, content: string, ours = content): void {
    const path = join(this.home, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
    const { fs } = this.ours.machine;
    fs.mkdir(dirname(`${FOLDER}/${name}`), { parents: true });
    fs.writeFile(`${FOLDER}/${name}`, new TextEncoder().encode(ours));
  }

  /** Times, ages, ids, versions, addresses and what chance gives differ between two servers; columns are as wide as they are. */
  private masked({ stdout, stderr, exitCode }: Said): Said {
    const mask = (text: string) => masked(text.replaceAll(this.home, FOLDER));
    return { stdout: mask(stdout), stderr: mask(stderr), exitCode };
  }
}

/** A kubeconfig of somebody without credentials. */
export function emptyUserConfig(server: string): string {
  return `apiVersion: v1
kind: Config
current-context: here
clusters: [{name: local, cluster: {server: "${server}"}}]
users: [{name: me, user: {}}]
contexts: [{name: here, context: {cluster: local, user: me}}]
`;
}

/** A server of today, since the real kubectl reckons ages by the real clock. */
function newServer(): KubectlServer {
  return new KubectlServer({ kernel: new Kernel(firstKernelImage(Date.now() - 7000, 1)) });
}

/** What begins help, whose wording is ours. */
const HELP = /^(?:Usage:|Examples:|Available Commands:|Basic Commands \(Beginner\):)$/m;

function masked(text: string): string {
  if (HELP.test(text)) return "<HELP>";
  const fixed = text
    .replace(/^([IWE])\d{4} \S+ +\d+ /gm, "$1 ")
    // Whether a watch that is given up is called a very short one is a matter of milliseconds.
    .replace(/^[IWE] reflector\.go:.*\n/gm, "")
    .replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/g, "2000-01-01T00:00:00Z")
    .replace(/[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d [+-]\d{4}/g, "<TS>")
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, "00000000-0000-0000-0000-000000000000")
    .replace(/(resourceVersion\\*"?: ?\\*")\d+/g, "$1<RV>")
    .replace(/(Resource Version: +|resource version to be 1, was )\d+/g, "$1<RV>")
    .replace(/127\.0\.0\.1:\d+/g, "<SERVER>")
    .replace(/(LIVE|MERGED)-\d+/g, "$1")
    .replace(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)?/g, "<TS>")
    .replace(/\b3[0-2]\d{3}\b/g, "30000");
  // Without a header only their look tells ages.
  return levelled(withoutAges(levelled(fixed, /10\.\d+\.\d+\.\d+/g, "<IP>")), /^\d+s$/g, "<AGE>");
}

/** Splits a line at blanks, with single quotes for words that hold some. */
export function commandWords(line: string): string[] {
  return [...line.matchAll(/(?:[^\s']|'[^']*')+/g)].map((match) => match[0].replaceAll("'", ""));
}
