import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import type { CommandEvent } from "../../../../src/sandbox/history/history.ts";
import { Sandbox, type SandboxImage } from "../../../../src/sandbox/sandbox.ts";
import { ALL_PROGRAMS, freshWorld, typeLine, typist } from "../../../support/world.ts";

const sha256 = (bytes: Uint8Array | string) => createHash("sha256").update(bytes).digest("hex");
/**
 * Equal for worlds whose disks, containers, services and clocks are equal. How many marks shells have written is left
 * out: that goes on, whatever is undone, for the terminals that have read them.
 */
const digest = ({ kernel: { marks: _marks, ...kernel }, machines }: SandboxImage) =>
  sha256(
    JSON.stringify({ kernel, machines }, (_key, value: unknown) =>
      value instanceof Uint8Array ? sha256(value) : value,
    ),
  );
const commandsOf = (world: Sandbox) =>
  world.history.view.entries.flatMap(({ kind, name }) => (kind === "command" ? [name] : []));

test("undo goes back to before the last command that changed something, with the shell as it was", () => {
  const world = freshWorld({ topology: "bare" });
  const runner = typist(world);
  typeLine(runner, "mkdir /work; cd /work; export COLOUR=red; greet() { echo hello $1; }; alias l='ls -a'; umask 027");
  typeLine(runner, "echo text > file");
  typeLine(runner, "cd /; COLOUR=blue; unset -f greet; unalias l; rm -r /work");
  typeLine(runner, "ls / > /dev/null; echo nothing; cd /tmp");
  typeLine(runner, "lab undo");
  expect(runner.takeScreen()).toContain("lab: undone: cd /; COLOUR=blue; unset -f greet; unalias l; rm -r /work\r\n");
  expect(typeLine(runner, "pwd; cat file; env | grep COLOUR; greet you; umask").stdout).toBe(
    "/work\ntext\nCOLOUR=red\nhello you\n0027\n",
  );
  expect(typeLine(runner, "l | cat").stdout).toBe(".\n..\nfile\n");
  typeLine(runner, "lab undo");
  expect(typeLine(runner, "pwd; ls").stdout).toBe("/work\n");
  typeLine(runner, "lab redo");
  typeLine(runner, "lab redo");
  expect(typeLine(runner, "pwd; ls -d /work").stdout).toBe("/tmp\n");
  expect(typeLine(runner, "lab redo")).toMatchObject({ exitCode: 1, stderr: "lab: there is nothing to redo\n" });
  world.dispose();
});

test("a history that another page kept goes on: what is done next can be undone, and only that", () => {
  const world = freshWorld({ topology: "bare" });
  typeLine(typist(world), "touch a");
  const again = Sandbox.boot(world.image(), ALL_PROGRAMS);
  again.history.resume(world.history.image());
  const runner = typist(again);
  typeLine(runner, "touch b");
  expect(commandsOf(again)).toEqual(["touch a", "touch b"]);
  expect(again.history.undo()).toEqual({ done: true, text: "undone: touch b" });
  expect(typeLine(typist(again), "ls").stdout).toBe("a\n");
  world.dispose();
  again.dispose();
});

test("typed lines stay in the history of the shell", () => {
  const world = freshWorld({ topology: "bare" });
  const runner = typist(world);
  typeLine(runner, "touch a");
  typeLine(runner, "echo between");
  typeLine(runner, "lab undo");
  expect(typeLine(runner, "history").stdout.replace(/^ *\d+ {2}/gm, "")).toBe(
    "touch a\necho between\nlab undo\nhistory\n",
  );
  world.dispose();
});

test("jobs in the background do not go on, and the terminal says so", () => {
  const world = freshWorld({ topology: "bare" });
  const runner = typist(world);
  typeLine(runner, "sleep 1000 &");
  typeLine(runner, "touch a");
  typeLine(runner, "lab undo");
  expect(runner.takeScreen()).toContain(
    "lab: undone: touch a\r\nlab: `sleep 1000' ran here then; it does not go on\r\n",
  );
  expect(typeLine(runner, "jobs; ls").stdout).toBe("");
  world.dispose();
});

test("only what changed something is a step", () => {
  const world = freshWorld();
  const runner = typist(world);
  const lines = [
    ["kubectl get pods -A", false],
    ["cat /etc/hosts; ls -R /etc > /dev/null", false],
    ["touch t; rm t", false],
    ["echo $HOSTNAME > /dev/null", false],
    ["kubectl delete pod nosuch", false],
    ["kubectl auth can-i create pods", false],
    ["kubectl create configmap a --from-literal=b=c --dry-run=server", false],
    ["kubectl create configmap a --from-literal=b=c", true],
    ["kubectl get configmap a", false],
    ["kubectl label configmap a b=c", true],
    ["systemctl status kubelet > /dev/null", false],
    ["cp /etc/hosts /tmp/hosts", true],
    ["cp /etc/hosts /tmp/hosts", false],
    ["chmod 600 /tmp/hosts", true],
    ["date -s @1900000000", true],
    ["systemctl restart kubelet", true],
    ["ssh ip-10-0-1-11", false],
    ["hostname", false],
    ["exit", false],
  ] as const;
  for (const [line] of lines) typeLine(runner, line);
  expect(commandsOf(world)).toEqual(lines.filter(([, changes]) => changes).map(([line]) => line));
  world.dispose();
});

test("what a command does in a container is the command's: through the API, by crictl, and in a shell there", () => {
  const world = freshWorld();
  const runner = typist(world);
  const there = "kubectl exec standalone --";
  const lines = [
    [`${there} ls /`, false],
    [`${there} sh -c 'echo 1 > /tmp/a; rm /tmp/a'`, false],
    ["kubectl logs standalone > /dev/null", false],
    [`${there} sh -c 'echo kept > /tmp/a'`, true],
    [`${there} sh -c 'rm /usr/share/nginx/html/index.html'`, true],
    ["kubectl exec -it standalone -- sh", false],
    ["ls /tmp", false],
    ["rm /tmp/a", true],
    ["exit", false],
  ] as const;
  for (const [line] of lines) typeLine(runner, line);
  const ssh = "ssh ip-10-0-1-12";
  typeLine(runner, `${ssh} 'crictl exec $(crictl ps -q --name standalone) rm /etc/nginx/nginx.conf'`);
  expect(commandsOf(world).slice(0, -1)).toEqual(lines.filter(([, changes]) => changes).map(([line]) => line));
  expect(commandsOf(world).at(-1)).toContain("crictl exec");
  world.history.undo();
  world.history.undo();
  const files = `${there} sh -c 'cat /tmp/a; ls /etc/nginx/nginx.conf /usr/share/nginx/html/index.html'`;
  expect(typeLine(typist(world), files).stdout).toBe("kept\n/etc/nginx/nginx.conf\n");
  world.history.undo();
  expect(typeLine(typist(world), files).stdout).toContain("/usr/share/nginx/html/index.html\n");
  world.dispose();
});

test("what the cluster does by itself while a command looks on is not the command's", () => {
  const world = freshWorld();
  const runner = typist(world);
  typeLine(runner, "kubectl delete pod standalone --wait=false; kubectl rollout restart deployment nginx");
  typeLine(runner, "sleep 30; kubectl get pods");
  typeLine(runner, "lab undo");
  expect(typeLine(runner, "kubectl get pod standalone --no-headers").stdout).toMatch(/^standalone +1\/1 +Running/);
  expect(world.history.view).toMatchObject({ canUndo: false, canRedo: true });
  world.dispose();
});

test("undo restores the very image; redo the world as it was left", () => {
  const world = freshWorld();
  const runner = typist(world);
  typeLine(runner, "kubectl create configmap kept --from-literal=a=b; echo text > file");
  world.run(60_000);
  const images: SandboxImage[] = [];
  world.history.rest = () => images.push(world.image());
  const left = world.image();
  const before = world.history.find(`#${world.history.view.position}`);
  world.history.undo();
  world.history.redo();
  expect(images.map(digest)).toEqual([before, left].map((image) => digest(image as SandboxImage)));
  world.dispose();
});

test("checkpoints, the start, and leaps that can be undone", () => {
  const world = freshWorld({ topology: "bare" });
  const runner = typist(world);
  typeLine(runner, "echo 1 > a");
  expect(typeLine(runner, "lab checkpoint one").stdout).toBe("checkpoint one made\n");
  typeLine(runner, "echo 2 > a");
  typeLine(runner, "lab restore one");
  expect(typeLine(runner, "cat a").stdout).toBe("1\n");
  typeLine(runner, "lab reset");
  expect(typeLine(runner, "ls").stdout).toBe("");
  typeLine(runner, "lab undo");
  typeLine(runner, "lab undo");
  expect(typeLine(runner, "cat a").stdout).toBe("2\n");
  expect(typeLine(runner, "lab list").stdout.replace(/#\d+ +[\d:]+/g, "#")).toBe(
    "* #  start       start\n* #  command     echo 1 > a\n* #  checkpoint  one\n* #  command     echo 2 > a\n" +
      "  #  undone      restore one\n  #  undone      reset\n",
  );
  expect(typeLine(runner, "lab restore two").stderr).toBe('lab: there is no checkpoint "two"; see lab list\n');
  expect(typeLine(runner, "lab checkpoint now").exitCode).toBe(1);
  expect(typeLine(runner, "lab checkpoint").stderr).toBe("usage: lab checkpoint NAME\n");
  world.dispose();
});

test("what was destroyed is told, and kept by itself", () => {
  const world = freshWorld();
  const events: CommandEvent[] = [];
  world.history.onCommand((event) => events.push(event));
  const runner = typist(world);
  const pki = "/etc/kubernetes/pki/etcd";
  const etcdctl = `etcdctl --cacert=${pki}/ca.crt --cert=${pki}/server.crt --key=${pki}/server.key`;
  typeLine(runner, `${etcdctl} get / --prefix --keys-only > /dev/null`);
  typeLine(runner, `${etcdctl} del /registry/pods/default --prefix`);
  typeLine(runner, "mv /etc/kubernetes/manifests/etcd.yaml /root");
  typeLine(runner, "rm -r /etc/kubernetes/pki");
  expect(events.filter(({ phase }) => phase === "end").map(({ danger }) => danger)).toEqual([
    undefined,
    "2 keys deleted straight from etcd",
    "1 file of the control plane removed",
    "22 files of the control plane removed",
  ]);
  expect(events[2]).toMatchObject({ phase: "begin", host: "ip-10-0-1-10", exitCode: undefined });
  const automatic = world.history.view.entries.filter(({ kind }) => kind === "automatic");
  expect(automatic.map(({ name }) => name.slice(0, 22))).toEqual([
    "before etcdctl --cacer",
    "before mv /etc/kuberne",
    "before rm -r /etc/kube",
  ]);
  expect(world.history.restore(automatic[0]?.name ?? "").done).toBe(true);
  expect(typeLine(runner, "kubectl get pods --no-headers | wc -l").stdout).toBe("2\n");
  world.dispose();
});

test("a line typed behind ssh is a step of its own, and the terminal comes back at its own host", () => {
  const world = freshWorld();
  const events: CommandEvent[] = [];
  world.history.onCommand((event) => events.push(event));
  const runner = typist(world);
  typeLine(runner, "ssh ip-10-0-1-11");
  typeLine(runner, "echo there > /root/note");
  expect(events.at(-1)).toMatchObject({
    host: "ip-10-0-1-11",
    line: "echo there > /root/note",
    phase: "end",
    exitCode: 0,
  });
  expect(commandsOf(world)).toEqual(["ssh ip-10-0-1-11", "echo there > /root/note"].slice(-1));
  runner.takeScreen();
  world.history.undo();
  world.run(10);
  expect(runner.takeScreen()).toContain(
    "lab: undone: echo there > /root/note\r\nlab: `ssh ip-10-0-1-11' ran here then; it does not go on\r\n",
  );
  expect(typeLine(runner, "hostname; ssh ip-10-0-1-11 ls /root").stdout).toBe("ip-10-0-1-10\n");
  world.dispose();
});

describe("a command that begins is told to end, also when", () => {
  function told() {
    const world = freshWorld();
    const runner = typist(world);
    const ends: Pick<CommandEvent, "line" | "exitCode" | "cutOff">[] = [];
    world.history.onCommand(
      ({ phase, line, exitCode, cutOff }) => phase === "end" && ends.push({ line, exitCode, cutOff }),
    );
    return { world, runner, ends };
  }

  test("somebody goes back meanwhile", () => {
    const { world, runner, ends } = told();
    typeLine(runner, "echo 1 > file");
    world.sessions.at(-1)?.type("sleep 100\r");
    world.run(1000);
    world.history.undo();
    expect(ends.slice(1)).toEqual([{ line: "sleep 100", exitCode: undefined, cutOff: "undone: echo 1 > file" }]);
    world.dispose();
  });

  test("it asked for the way back itself, be it behind ssh", () => {
    const { world, runner, ends } = told();
    typeLine(runner, "echo 1 > file");
    world.sessions.at(-1)?.type("ssh ip-10-0-1-11\r");
    world.run(3000);
    world.sessions.at(-1)?.type("lab undo\r");
    world.run(3000);
    expect(ends.slice(1)).toEqual([
      { line: "ssh ip-10-0-1-11", exitCode: undefined, cutOff: "undone: echo 1 > file" },
      { line: "lab undo", exitCode: 0, cutOff: undefined },
    ]);
    world.dispose();
  });

  test.each([
    ["it ends its shell", "exit 3"],
    ["it kills its shell", "kill -9 $$"],
    ["its host is switched off", "poweroff -f"],
  ])("%s", (_, line) => {
    const { world, ends } = told();
    world.sessions.at(-1)?.type(`${line}\r`);
    world.run(60_000);
    expect(ends.map((end) => end.line)).toEqual([line]);
    world.dispose();
  });
});
