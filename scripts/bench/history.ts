import { historyDiff } from "../../src/sandbox/history/diff/way-back.ts";
import type { History } from "../../src/sandbox/history/history.ts";
import { decodeImage } from "../../src/sandbox/image-codec.ts";
import { Sandbox, type SandboxImage } from "../../src/sandbox/sandbox.ts";
import { wakingMs } from "../../src/sandbox/waking.ts";
import { cpuMs, heldMb, type Measure } from "./measure.ts";
import { ours, PROGRAMS, type, typist } from "./world.ts";

const CHECKPOINTS = 50;
const TIMES = 20;

/** Going back and forth: until the prompt is there, and until the cluster is at rest again. */
export function history(encoded: Uint8Array): Measure[] {
  const sandbox = Sandbox.wake(decodeImage(encoded) as SandboxImage, PROGRAMS);
  const runner = typist(sandbox);
  const work = (round: number): void => {
    type(runner, `kubectl create configmap c${round} --from-literal=a=b; echo ${round} > file${round}`);
    sandbox.run(5000);
  };
  work(0);
  const image = mean(() => sandbox.image());
  const checkpoint = mean((round) => sandbox.history.checkpoint(`c${round}`));
  sandbox.run(60_000); // so that etcd's data is another than in any image read before
  const diff = single(() => historyDiff(sandbox.history));
  const again = mean(() => historyDiff(sandbox.history));
  const [undo, undone] = travel(sandbox, (past) => past.undo());
  const [redo] = travel(sandbox, (past) => past.redo());
  const [reset] = travel(sandbox, (past) => past.reset());
  return [
    ours("image of a cluster", image),
    ours("checkpoint", checkpoint),
    ours("diff after a change", diff),
    ours("diff of the same again", again),
    ours("undo until the prompt", undo),
    ours("undo until the cluster is at rest", undone),
    ours("redo until the prompt", redo),
    ours("reset until the prompt", reset),
  ];
}

/** What fifty checkpoints and as many undo steps hold that the world itself does not, with work between them. */
export function checkpoints(encoded: Uint8Array): Measure[] {
  const image = decodeImage(encoded) as SandboxImage;
  const grown = (keep: boolean): number => {
    const sandbox = Sandbox.boot(image, PROGRAMS);
    const runner = typist(sandbox);
    sandbox.run(30_000);
    if (keep) sandbox.history.begin();
    const before = heldMb();
    for (let round = 0; round < CHECKPOINTS; round++) {
      const replicas = 1 + (round % 3);
      type(
        runner,
        `kubectl create configmap c${round} --from-literal=a=b; kubectl scale deployment nginx --replicas=${replicas}`,
      );
      sandbox.run(20_000);
      if (keep) sandbox.history.checkpoint(`checkpoint ${round}`);
    }
    const after = heldMb();
    sandbox.dispose();
    return after - before;
  };
  grown(false); // what the first world of a process leaves behind is not the checkpoints'
  const without = grown(false);
  return [
    ours(`${CHECKPOINTS} rounds of work in a cluster, without history`, without, "MB"),
    ours(`${CHECKPOINTS} checkpoints and ${CHECKPOINTS} undo steps of it`, grown(true) - without, "MB"),
  ];
}

/** Both times of one travel. */
function travel(sandbox: Sandbox, go: (history: History) => { readonly done: boolean }): [number, number] {
  const { history: past } = sandbox;
  const { rest } = past;
  let until = 0;
  past.rest = () => {
    until = sandbox.clock.uptime + wakingMs(sandbox.options);
  };
  const begin = cpuMs();
  if (!go(past).done) throw new Error("nowhere to go");
  sandbox.runUntil(() => sandbox.sessions[0]?.terminal.awaited === true, 60_000);
  const prompt = cpuMs() - begin;
  past.rest = rest;
  sandbox.run(until - sandbox.clock.uptime);
  return [prompt, cpuMs() - begin];
}

function single(work: () => unknown): number {
  const begin = cpuMs();
  work();
  return cpuMs() - begin;
}

function mean(work: (round: number) => unknown): number {
  const begin = cpuMs();
  for (let round = 0; round < TIMES; round++) work(round);
  return (cpuMs() - begin) / TIMES;
}
