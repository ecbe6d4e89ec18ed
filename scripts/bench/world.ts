import { utf8 } from "../../src/base/bytes.ts";
import { type CurveResult, supplyCurveResults } from "../../src/pki/curve-results.ts";
import { decodeImage, encodeImage } from "../../src/sandbox/image-codec.ts";
import { LineRunner } from "../../src/sandbox/line-runner.ts";
import { PreviewRun } from "../../src/sandbox/preview/preview-run.ts";
import { WarmFork } from "../../src/sandbox/preview/warm-fork.ts";
import { allPrograms } from "../../src/sandbox/programs/all-programs.ts";
import { Sandbox, type SandboxImage, type SandboxOptions } from "../../src/sandbox/sandbox.ts";
import type { TerminalSession } from "../../src/sandbox/terminal-session.ts";
import { WORLD_BEGINS } from "../../src/sandbox/versions.ts";
import { jqLoader } from "../../src/worker/jq-loader.ts";
import { curveResultsOf } from "../curve-recording.ts";
import { cpuMs, heapMb, type Measure } from "./measure.ts";

export const PROGRAMS = allPrograms({ jq: jqLoader() });
const OPTIONS: SandboxOptions = { topology: "kubeadm", etcd: "3.6", seed: 1, now: WORLD_BEGINS };
const PODS = 1000;

/** Encoded, so that every process wakes the same bytes. */
export function makeImage(): { image: Uint8Array; measure: Measure } {
  const begin = cpuMs();
  const image = Sandbox.make(OPTIONS, PROGRAMS);
  return { image: encodeImage(image), measure: ours("make a cluster (genesis)", cpuMs() - begin) };
}

export function ours(name: string, value: number, unit: Measure["unit"] = "ms CPU"): Measure {
  return { name, side: "ours", value, unit };
}

export function typist(sandbox: Sandbox): LineRunner {
  const runner = new LineRunner(sandbox, firstPrompt(sandbox));
  runner.start();
  return runner;
}

/** Opens a terminal and runs the world until its shell waits for the keyboard. */
function firstPrompt(sandbox: Sandbox): TerminalSession {
  const session = sandbox.openTerminal(undefined, { tapped: true });
  sandbox.runUntil(() => session.terminal.awaited, 60_000);
  return session;
}

export function type(runner: LineRunner, line: string): { stdout: string; exitCode: number } {
  const result = runner.type(line);
  if (result === "continues") throw new Error(`unfinished: ${line}`);
  return result;
}

/**
 * A world from the image until its first prompt, and until `kubectl get nodes` answers with all nodes ready. As in the
 * page, what the first start asks of the curve comes with the image (`recordedCurve` of the same image).
 */
export function boot(encoded: Uint8Array, curve: readonly CurveResult[]): Measure[] {
  supplyCurveResults(curve);
  const heapBefore = heapMb();
  const { runner, prompt, nodes, rest } = bootOnce(decodeImage(encoded) as SandboxImage);
  return [
    ours("boot until the first prompt", prompt),
    ours("boot until all nodes answer Ready", nodes),
    ours("boot until the cluster is at rest", rest),
    ours("objects in etcd", objects(runner), "count"),
    ours("memory at rest", heapMb() - heapBefore, "MB"),
  ];
}

/** What the image's first start asks of the curve. */
export function recordedCurve(encoded: Uint8Array): readonly CurveResult[] {
  return curveResultsOf(() => Sandbox.boot(decodeImage(encoded) as SandboxImage, PROGRAMS));
}

const BOOTS = 12;

/** The same in a process that has booted worlds before, as reset and undo do it; forks and previews of a world at rest. */
export function warm(encoded: Uint8Array): Measure[] {
  const image = decodeImage(encoded) as SandboxImage;
  const boots = Array.from({ length: BOOTS }, () => {
    const { sandbox, ...times } = bootOnce(image);
    sandbox.dispose();
    return times;
  });
  const least = (of: "prompt" | "nodes" | "rest") => Math.min(...boots.map((times) => times[of]));
  const world = Sandbox.wake(image, PROGRAMS);
  return [
    ours("warm boot until the first prompt", least("prompt")),
    ours("warm boot until all nodes answer Ready", least("nodes")),
    ours("warm boot until the cluster is at rest", least("rest")),
    ...previews(world, "kubectl delete deployment nginx", "of a kubectl delete"),
    ...previews(world, `${ETCDCTL} del /registry/pods --prefix`, "of all pods' deletion in etcd"),
  ];
}

function previews(world: Sandbox, line: string, what: string): Measure[] {
  const rounds = Array.from({ length: BOOTS / 2 }, () => {
    const begin = cpuMs();
    const fork = new WarmFork(world);
    const forked = cpuMs() - begin;
    while (!fork.isAtRest) fork.step();
    const woken = cpuMs() - begin;
    const run = new PreviewRun(fork, { line, host: [...world.machines.keys()][0] ?? "" });
    while (run.step());
    const told = cpuMs() - begin;
    run.dispose();
    return { forked, told, spared: told - woken };
  });
  const least = (of: "forked" | "told" | "spared") => Math.min(...rounds.map((times) => times[of]));
  return [
    ours("fork", least("forked")),
    ours(`preview ${what}`, least("told")),
    ours(`preview ${what}, with a spare fork`, least("spared")),
  ];
}

function bootOnce(image: SandboxImage) {
  const begin = cpuMs();
  const sandbox = Sandbox.boot(image, PROGRAMS);
  const session = firstPrompt(sandbox);
  const prompt = cpuMs() - begin;
  const runner = new LineRunner(sandbox, session);
  runner.start();
  for (let tries = 0; ; tries++) {
    const answer = type(runner, "kubectl get nodes");
    if (answer.exitCode === 0 && answer.stdout.match(/ Ready /g)?.length === 3) break;
    if (tries > 60) throw new Error(`no nodes: ${answer.stdout}`);
    sandbox.run(500);
  }
  const nodes = cpuMs() - begin;
  sandbox.run(Math.max(0, image.options.now - sandbox.clock.now));
  return { sandbox, runner, prompt, nodes, rest: cpuMs() - begin };
}

const ETCDCTL =
  "ETCDCTL_API=3 etcdctl --cacert=/etc/kubernetes/pki/etcd/ca.crt --cert=/etc/kubernetes/pki/etcd/server.crt --key=/etc/kubernetes/pki/etcd/server.key";

function objects(runner: LineRunner): number {
  const { stdout } = type(runner, `${ETCDCTL} get /registry/ --prefix --keys-only | grep -c .`);
  return Number(stdout.trim());
}

/** What a minute and an hour cost in which nobody does anything. */
export function idle(encoded: Uint8Array): Measure[] {
  const sandbox = Sandbox.wake(decodeImage(encoded) as SandboxImage, PROGRAMS);
  const passing = (ms: number): number => {
    const begin = cpuMs();
    sandbox.run(ms);
    return cpuMs() - begin;
  };
  const minute = passing(60_000);
  return [ours("an idle minute, just awake", minute), ours("an idle hour", passing(3_600_000))];
}

/** Single commands, and a list of a thousand pods that no scheduler wants. */
export function commands(encoded: Uint8Array): Measure[] {
  const sandbox = Sandbox.wake(decodeImage(encoded) as SandboxImage, PROGRAMS);
  const runner = typist(sandbox);
  const measures: Measure[] = [];
  const measure = (name: string, line: string): string => {
    const begin = cpuMs();
    const { stdout, exitCode } = type(runner, line);
    if (exitCode !== 0) throw new Error(`${line}: exit code ${exitCode}`);
    measures.push(ours(name, cpuMs() - begin));
    return stdout;
  };
  measure("kubectl get pods -A, first", "kubectl get pods -A");
  measure("kubectl get pods -A, again", "kubectl get pods -A");
  [...sandbox.machines.values()][0]?.fs.writeFile("/root/pods.json", utf8(podList()), 0o644);
  measure(`kubectl create, ${PODS} pods`, "kubectl create -f pods.json > /dev/null");
  sandbox.run(30_000);
  const listed = measure(`kubectl get pods -A, ${PODS} pods, first`, "kubectl get pods -A");
  if (listed.split("\n").length < PODS) throw new Error("not all pods are listed");
  measure(`kubectl get pods -A, ${PODS} pods, again`, "kubectl get pods -A");
  return measures;
}

function podList(): string {
  const items = Array.from({ length: PODS }, (_, index) => ({
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: `bench-${String(index).padStart(4, "0")}`, labels: { app: "bench" } },
    spec: { schedulerName: "nobody", containers: [{ name: "main", image: "nginx" }] },
  }));
  return JSON.stringify({ apiVersion: "v1", kind: "List", items });
}
