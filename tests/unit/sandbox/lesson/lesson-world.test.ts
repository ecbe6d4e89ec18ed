import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Check, Condition } from "../../../../src/lessons/check.ts";
import { type Deed, deedName } from "../../../../src/lessons/deeds.ts";
import { Problems } from "../../../../src/lessons/problem.ts";
import { readCondition } from "../../../../src/lessons/read-condition.ts";
import { KeyObserver } from "../../../../src/sandbox/key-observer.ts";
import { LessonWorld } from "../../../../src/sandbox/lesson/lesson-world.ts";
import { typeScript } from "../../../../src/sandbox/lesson/script-typist.ts";
import type { Sandbox } from "../../../../src/sandbox/sandbox.ts";
import type { TerminalSession } from "../../../../src/sandbox/terminal-session.ts";
import type { Task } from "../../../../src/sim/task.ts";
import { freshWorld } from "../../../support/world.ts";

/** One learner's world, looked at as lessons do. */
let sandbox: Sandbox;
let observer: KeyObserver;
let world: LessonWorld;
let session: TerminalSession;

beforeAll(() => {
  sandbox = freshWorld();
  observer = new KeyObserver(sandbox);
  world = new LessonWorld(sandbox, observer);
  session = sandbox.openTerminal();
  sandbox.run(2000);
});

afterAll(() => {
  expect(sandbox.kernel.faults).toEqual([]);
  world.dispose();
  observer.dispose();
  sandbox.dispose();
});

function run<T>(task: Task<T>): T {
  const running = sandbox.kernel.tasks.spawn("test", task);
  sandbox.runUntil(() => running.outcome !== undefined, 600_000);
  if (running.outcome?.status !== "done") throw new Error(JSON.stringify(running.outcome));
  return running.outcome.value;
}

function condition(value: unknown): Condition {
  const problems = new Problems();
  const read = readCondition(value, "test", 1, problems);
  expect(problems.found).toEqual([]);
  return read;
}

const holds = (value: unknown): unknown => {
  const [verdict] = run(world.evaluate([condition(value)]));
  return verdict !== undefined && "holds" in verdict ? verdict.holds : verdict;
};
const type = (...commands: string[]) => run(typeScript(sandbox, session, commands));

describe("conditions", () => {
  test("keys, as an etcd client sees them", () => {
    expect(holds({ key: "/registry/namespaces/default" })).toBe(true);
    expect(holds({ key: "/registry/namespaces/none" })).toBe(false);
    expect(holds({ key: "/registry/namespaces/none", absent: true })).toBe(true);
    expect(holds({ key: "/registry/pods/", prefix: true, atLeast: 5 })).toBe(true);
    expect(holds({ key: "/registry/pods/", prefix: true, atLeast: 500 })).toBe(false);
    expect(holds({ key: "/registry/pods/none/", prefix: true, absent: true })).toBe(true);
    expect(holds({ key: "/registry/namespaces/default", contains: '"kind":"Namespace"' })).toBe(true);
  });

  test("objects, as the API server gives them", () => {
    const deployment = "deployment/nginx -n default";
    expect(holds({ object: deployment, path: ".spec.replicas", equals: 1 })).toBe(true);
    expect(holds({ object: deployment, path: ".spec.replicas", equals: 2 })).toBe(false);
    expect(holds({ object: deployment, path: ".spec.nothing", absent: true })).toBe(true);
    expect(holds({ object: "pod/none", absent: true })).toBe(true);
    expect(holds({ object: "pod/none" })).toBe(false);
    expect(holds({ object: "gibberish/none" })).toEqual({ unknown: expect.stringContaining("gibberish") });
  });

  test("files and commands, out of the learner's sight", () => {
    world.beginStep();
    expect(holds({ file: "/etc/kubernetes/manifests/etcd.yaml", matches: "^ +- etcd$" })).toBe(true);
    expect(holds({ file: "/root/none", absent: true })).toBe(true);
    expect(holds({ file: "/root", contains: "x" })).toBe(false);
    expect(holds({ file: "/etc/hostname", host: "ip-10-0-1-11", contains: "ip-10-0-1-11" })).toBe(true);
    expect(holds({ run: "etcdctl endpoint health" })).toBe(true);
    expect(holds({ run: "kubectl get nodes", prints: "^ip-10-0-1-12" })).toBe(true);
    expect(holds({ run: "exit 3", exit: 3 })).toBe(true);
    expect(holds({ run: "sleep 100" })).toEqual({ unknown: expect.any(String) });
    expect(holds({ ran: "etcdctl" })).toBe(false);
  });

  test("all, any and not; what is unknown decides nothing that the others decide", () => {
    const [yes, no, unknown] = [{ run: "true" }, { run: "false" }, { file: "/x", host: "nowhere" }];
    expect(holds({ all: [yes, no, unknown] })).toBe(false);
    expect(holds({ any: [unknown, no, yes] })).toBe(true);
    expect(holds({ any: [unknown, no] })).toEqual({ unknown: "there is no host nowhere" });
    expect(holds({ not: no })).toBe(true);
  });
});

describe("what was run and shown", () => {
  test("programs in terminals count, with their arguments and exit codes, typed in whatever way", () => {
    world.beginStep();
    type("x=nodes; kubectl get $x | cat", "false || kubectl get pod none");
    expect(holds({ ran: "kubectl", args: ["get", "nodes"], exit: 0, where: "host" })).toBe(true);
    expect(holds({ ran: "kubectl", args: ["none"], exit: 1 })).toBe(true);
    expect(holds({ ran: "kubectl", args: ["none"], exit: 0 })).toBe(false);
    expect(holds({ ran: "etcdctl" })).toBe(false);
  });

  test("lines that were printed count, what was typed does not", () => {
    world.beginStep();
    type(": typed-only", "echo pri''nted");
    expect(holds({ shown: "^printed$" })).toBe(true);
    expect(holds({ shown: "typed-only" })).toBe(false);
    world.beginStep();
    expect(holds({ shown: "^printed$" })).toBe(false);
  });

  test("lines count since a key came to be so, as often as it does", () => {
    const key = { key: "/registry/configmaps/default/tinted", contains: '"colour":"red"' };
    const seen = { shown: "^looked$", since: key };
    world.beginStep();
    type("kubectl create configmap tinted --from-literal=colour=blue", "echo loo''ked");
    expect(holds(seen)).toBe(false);
    type(`kubectl patch configmap tinted -p '{"data":{"colour":"red"}}'`);
    expect(holds(seen)).toBe(false);
    type("echo loo''ked", "kubectl label configmap tinted a=b");
    expect(holds(seen)).toBe(true);
    world.beginStep();
    expect(holds(seen)).toBe(false);
    type("echo loo''ked");
    expect(holds(seen)).toBe(true);
    type("kubectl delete configmap tinted");
    expect(holds(seen)).toBe(false);
  });

  test("a pattern that would hold others for ever is tried in no time", () => {
    type(`printf '%s\n' ${"a".repeat(400)}b`);
    expect(holds({ shown: "^(a+)+$" })).toBe(false);
    expect(holds({ shown: "^(a|a?)+b$" })).toBe(true);
  });

  test("a script is typed without what a person had half typed, at a prompt and into a program that reads", () => {
    world.beginStep();
    session.type("echo half \x1b[D");
    sandbox.run(200);
    run(typeScript(sandbox, session, ["cat"], "typed"));
    sandbox.run(200);
    session.type("half");
    run(typeScript(sandbox, session, ["whole"], "typed"));
    session.type("\x04");
    sandbox.run(500);
    expect(holds({ ran: "cat", exit: 0 })).toBe(true);
    expect(holds({ shown: "^whole$" })).toBe(true);
  });

  test("in a container too", () => {
    world.beginStep();
    type("kubectl exec -it -n kube-system etcd-ip-10-0-1-10 -- sh", "etcdctl version", "exit");
    expect(holds({ ran: "etcdctl", where: "container", exit: 0 })).toBe(true);
    expect(holds({ ran: "etcdctl", where: "host" })).toBe(false);
    expect(holds({ shown: "^API version: 3.6$" })).toBe(true);
  });

  test("what was done in a step before its page was opened anew counts on in it, and in no other", () => {
    const ran = condition({ ran: "kubectl", args: ["get"] });
    const shown = condition({ shown: "^seen$" });
    world.beginStep([ran, shown].map((deed) => deedName(deed as Deed)));
    expect(holds({ ran: "kubectl", args: ["get"] })).toBe(true);
    expect(holds({ ran: "kubectl", args: ["get"], exit: 0 })).toBe(false);
    expect(holds({ all: [{ shown: "^seen$" }, { file: "/root/absent" }] })).toBe(false);
    world.beginStep();
    expect(holds({ any: [{ ran: "kubectl", args: ["get"] }, { shown: "^seen$" }] })).toBe(false);
  });

  test("it stays noted when it is undone, and is noted on in the world that comes then", () => {
    world.beginStep();
    type("kubectl create configmap undone --from-literal=a=b");
    expect(sandbox.history.undo().done).toBe(true);
    observer.dispose();
    observer = new KeyObserver(sandbox);
    world.follow(observer);
    sandbox.run(20_000);
    expect(holds({ ran: "kubectl", args: ["create"] })).toBe(true);
    expect(holds({ object: "configmap/undone", absent: true })).toBe(true);
    type("echo la''ter");
    expect(holds({ shown: "^later$" })).toBe(true);
  });
});

describe("a check in time", () => {
  const check = (ms: number): Check => ({
    id: `within-${ms}`,
    line: 1,
    condition: condition({ file: "/root/done" }),
    say: "Done.",
    tell: "Not done.",
    within: {
      ms,
      after: { kind: "ran", program: "touch", args: ["/root/begin"], exit: 0, where: undefined },
      late: "Late.",
    },
  });

  test("counts from the named command, in the world's time, and stays as it came out first", () => {
    world.beginStep();
    type("touch /root/begin", "sleep 90");
    expect(run(world.check([check(60_000)]))).toEqual([{ id: "within-60000", status: "fail", message: "Not done." }]);
    type("touch /root/done");
    expect(run(world.check([check(60_000), check(120_000)]))).toEqual([
      { id: "within-60000", status: "fail", message: expect.stringMatching(/^Late\. It took 1 min 3\d s\.$/) },
      { id: "within-120000", status: "pass", message: expect.stringMatching(/^Done\. It took 1 min 3\d s\.$/) },
    ]);
    type("sleep 100");
    expect(run(world.check([check(120_000)]))[0]?.status).toBe("pass");
  });
});

describe("a world that is noted on after its page was opened anew", () => {
  test("counts a timed check on from the run before, and tells the post-mortem on", () => {
    const kept = freshWorld();
    const [before, later] = [0, 1].map(() => new KeyObserver(kept)) as [KeyObserver, KeyObserver];
    const first = new LessonWorld(kept, before);
    const terminal = kept.openTerminal();
    const typed = (...commands: string[]) => {
      const task = kept.kernel.tasks.spawn("test", typeScript(kept, terminal, commands));
      kept.runUntil(() => task.outcome !== undefined, 600_000);
    };
    const ask = <T>(task: Task<T>): T => {
      const running = kept.kernel.tasks.spawn("test", task);
      kept.runUntil(() => running.outcome !== undefined, 60_000);
      if (running.outcome?.status !== "done") throw new Error(JSON.stringify(running.outcome));
      return running.outcome.value;
    };
    const keys = "ETCDCTL_CACERT=/etc/kubernetes/pki/etcd/ca.crt ETCDCTL_CERT=/etc/kubernetes/pki/etcd/server.crt";
    typed(`export ${keys} ETCDCTL_KEY=/etc/kubernetes/pki/etcd/server.key`, "etcdctl del /registry/pods/d --prefix");
    const ran = { kind: "ran", program: "etcdctl", args: ["del"], exit: 0, where: undefined } as const;
    const noted = structuredClone(first.notes());
    first.dispose();
    before.dispose();

    const second = new LessonWorld(kept, later, noted);
    kept.run(45_000);
    const fates = second.postMortem(ran)?.pods ?? [];
    expect(fates.map(({ pod, returned }) => [pod.replace(/-.*/, ""), returned !== undefined])).toEqual([
      ["default/nginx", true],
      ["default/standalone", false],
    ]);
    expect(fates.every(({ killedAfterMs }) => killedAfterMs !== undefined)).toBe(true);
    const check = {
      id: "gone",
      line: 1,
      condition: condition({ key: "/registry/pods/default/standalone", absent: true }),
      say: "Gone.",
      tell: "There.",
      within: { ms: 300_000, after: ran, late: "Late." },
    };
    expect(ask(second.check([check]))[0]?.message).toMatch(/^Gone\. It took 0 min 4[5-9] s\.$/);
    second.dispose();
    later.dispose();
    kept.dispose();
  });
});

describe("a post-mortem", () => {
  test("tells what died, what came back after how long, and what is lost", () => {
    const keys = "ETCDCTL_CACERT=/etc/kubernetes/pki/etcd/ca.crt ETCDCTL_CERT=/etc/kubernetes/pki/etcd/server.crt";
    type(`export ${keys} ETCDCTL_KEY=/etc/kubernetes/pki/etcd/server.key`, "etcdctl del /registry/pods --prefix");
    sandbox.run(45_000);
    const ran = { kind: "ran", program: "etcdctl", args: ["del"], exit: 0, where: undefined } as const;
    const report = world.postMortem(ran);
    const fate = (pod: string) => report?.pods.find((each) => each.pod.startsWith(pod));
    expect(report?.command).toBe("etcdctl del /registry/pods --prefix");
    expect(fate("default/standalone")).toMatchObject({ owner: "nobody", returned: undefined });
    expect(fate("default/standalone")?.killedAfterMs).toBeGreaterThan(0);
    expect(fate("default/nginx-")).toMatchObject({ owner: expect.stringMatching(/^ReplicaSet nginx-/) });
    expect(fate("default/nginx-")?.returned?.as).not.toBe(fate("default/nginx-")?.pod);
    const etcd = "kube-system/etcd-ip-10-0-1-10";
    expect(fate(etcd)).toMatchObject({ owner: "static pod", killedAfterMs: undefined, returned: { as: etcd } });
    expect(report?.pods.filter(({ returned }) => returned === undefined).map(({ pod }) => pod)).toEqual([
      "default/standalone",
    ]);
    expect(world.postMortem({ ...ran, args: ["never"] })).toBeUndefined();
  });
});
