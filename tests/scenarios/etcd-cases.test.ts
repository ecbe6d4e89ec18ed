import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { type Bindings, matches, PKI_FOLDER } from "../support/transcript.ts";
import { copyIn, freshWorld, typeLine, typist } from "../support/world.ts";

/**
 * What etcdctl and etcdutl said in single situations: arguments, formats, users, certificates, one after the other on one
 * server a file. A case without an answer was not recorded, or can't be the same (hashes of random identifiers); it is
 * run for what it leaves behind.
 */
interface Case {
  readonly id: string;
  readonly argv: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string;
  /** Lines typed before. */
  readonly before?: readonly string[];
  /** Ended by force after so long. */
  readonly seconds?: number;
  readonly stdout?: string;
  readonly stderr?: string;
  readonly rc?: number | "running";
}

interface Server {
  readonly etcd: "3.6" | "3.5";
  /** Lines that start it. */
  readonly start: readonly string[];
}

const FOLDER = join(import.meta.dirname, "../transcripts/etcd-cases");

function read(file: string): { server: Server; cases: Case[] } {
  const [head = "{}", ...lines] = readFileSync(join(FOLDER, file), "utf8").trimEnd().split("\n");
  return { server: JSON.parse(head) as Server, cases: lines.map((line) => JSON.parse(line) as Case) };
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}

/** Leases and members have other numbers than in the recording. */
function bound(word: string, bindings: Bindings): string {
  return word.replace(/<((?:LEASE|ID)\d+)>/g, (whole, name: string) => bindings.get(name) ?? whole);
}

function commandLine({ argv, env, seconds }: Case, bindings: Bindings): string {
  const settings = Object.entries(env ?? {}).map(([name, value]) => `${name}=${quoted(value)}`);
  const words = ["env", ...settings, "timeout", String(seconds ?? 20)];
  const command = [...words, ...argv.map((word) => quoted(bound(word, bindings)))].join(" ");
  return `${command} < /tmp/in > /tmp/out 2> /tmp/err\n`;
}

/** Protobuf went into the recording as base64. */
function asRecorded(bytes: Uint8Array, recorded: string): string {
  if (recorded.startsWith("base64:")) return `base64:${Buffer.from(bytes).toString("base64")}`;
  return new TextDecoder().decode(bytes);
}

for (const file of readdirSync(FOLDER).sort())
  describe(file, { shuffle: false }, () => {
    const { server, cases } = read(file);
    const world = freshWorld({ topology: "bare", etcd: server.etcd });
    const runner = typist(world);
    const fs = world.machines.values().next().value?.fs;
    if (fs === undefined) throw new Error("a bare world has one host");
    const bindings: Bindings = new Map();
    typeLine(runner, "mkdir work; cd work");
    copyIn(world, PKI_FOLDER, "/root/work/pki");
    for (const line of server.start) typeLine(runner, line);

    test.each(cases.map((one) => [one.id, one] as const))("%s", (_, one) => {
      for (const line of one.before ?? []) typeLine(runner, line);
      fs.writeFile("/tmp/in", one.stdin ?? "");
      fs.writeFile("/tmp/line", commandLine(one, bindings));
      const { exitCode } = typeLine(runner, ". /tmp/line");
      if (one.stdout === undefined || one.stderr === undefined) return;
      expect(one.rc === "running" && exitCode === 124 ? one.rc : exitCode).toBe(one.rc);
      for (const [path, recorded] of [
        ["/tmp/out", one.stdout],
        ["/tmp/err", one.stderr],
      ] as const) {
        const actual = asRecorded(fs.readFile(path), recorded);
        if (!matches(recorded, actual, bindings)) expect(actual).toBe(recorded);
      }
    });
  });
