import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { etcdctlProgram } from "../../../../src/programs/etcdctl/main.ts";
import type { TreeEntry } from "../../../../src/vfs/node-image.ts";
import { runProgram } from "../../../support/machine.ts";

/** What etcdctl 3.6.14 said before it asked any server: wrong arguments, flags, files, environment. */
interface Recorded {
  readonly id: string;
  readonly argv: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string;
  readonly stdout: string;
  readonly stderr: string;
  readonly rc: number;
}

const recorded = JSON.parse(
  readFileSync(join(import.meta.dirname, "recorded-arguments.json"), "utf8"),
) as readonly Recorded[];

const files: Record<string, TreeEntry> = {};
const pki = join(import.meta.dirname, "../../../transcripts/etcd/pki");
for (const name of readdirSync(pki)) files[`/root/pki/${name}`] = { text: readFileSync(join(pki, name), "utf8") };

/** Help texts are ours; what stands before them is upstream's. */
function withoutHelp(text: string, model: string): string {
  if (model === "<HELP>\n") return text === "" ? "" : model;
  const help = model.indexOf("<HELP>");
  if (help < 0) return text;
  const tail = model.slice(help + "<HELP>\n".length);
  return tail === "" ? `${text.slice(0, help)}<HELP>\n` : `<HELP>\n${text.slice(text.lastIndexOf("Error: "))}`;
}

function normalised(text: string): string {
  return text.replace(/"ts":"[^"]*"/g, '"ts":"<TS>"').replace(/"stacktrace":"[^"]*"/, '"stacktrace":"<STACK>"');
}

describe("etcdctl answers wrong arguments as recorded", () => {
  // root may read everything, so the recording of an unreadable key was another user's
  for (const { id, argv, env, stdin, stdout, stderr, rc } of recorded.filter((one) => one.id !== "unreadable-key")) {
    test(id, () => {
      const result = runProgram({
        programs: { etcdctl: etcdctlProgram({ version: "3.6.14" }) },
        argv,
        env: { HOME: "/root", PATH: "/usr/bin", ...env },
        cwd: "/root",
        files,
        limitMs: 60_000,
        ...(stdin === undefined ? {} : { stdin }),
      });
      expect({
        stdout: withoutHelp(result.stdout, stdout),
        stderr: withoutHelp(normalised(result.stderr), stderr),
        rc: result.exitCode,
      }).toEqual({ stdout, stderr, rc });
    });
  }
});
