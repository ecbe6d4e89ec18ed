import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { decodeImage, encodeImage } from "../../../src/sandbox/image-codec.ts";
import { partImage, supplyLate } from "../../../src/sandbox/image-parts.ts";
import { Sandbox, type SandboxImage } from "../../../src/sandbox/sandbox.ts";
import { ALL_PROGRAMS, freshWorld, typeLine, typist, worldImage } from "../../support/world.ts";

const sha256 = (bytes: Uint8Array | string) => createHash("sha256").update(bytes).digest("hex");
/** Equal for equal images; comparing megabytes item by item takes a test minutes. */
const digest = (image: SandboxImage) =>
  sha256(JSON.stringify(image, (_key, value: unknown) => (value instanceof Uint8Array ? sha256(value) : value)));

/** What a world did, without what tells when it was looked at. */
function history(
  image: SandboxImage,
  run: (sandbox: Sandbox) => void,
): { hash: string; events: number; faults: unknown[] } {
  const sandbox = Sandbox.boot(image, ALL_PROGRAMS);
  run(sandbox);
  const { trace, faults } = sandbox.kernel;
  const told = { hash: trace.hash, events: trace.length, faults: [...faults] };
  sandbox.dispose();
  return told;
}

test("the same image and inputs give the same history, whole or in slices", () => {
  const image = worldImage();
  const whole = history(image, (sandbox) => {
    sandbox.openTerminal().type("kubectl run x --image=nginx\r");
    sandbox.run(30_000);
  });
  const sliced = history(image, (sandbox) => {
    sandbox.openTerminal().type("kubectl run x --image=nginx\r");
    for (let slice = 0; slice < 3000; slice++) sandbox.run(10);
  });
  expect(whole.faults).toEqual([]);
  expect(whole.events).toBeGreaterThan(50);
  expect(sliced).toEqual(whole);
});

test("another seed is another world", () => {
  const drawn = (seed: number) => {
    const world = freshWorld({ topology: "bare", seed });
    const { stdout } = typeLine(typist(world), "echo $RANDOM; mktemp");
    world.dispose();
    return stdout;
  };
  expect(drawn(1)).toBe(drawn(1));
  expect(drawn(1)).not.toBe(drawn(2));
});

test("image, boot, image is the identity on what must survive", () => {
  const world = freshWorld();
  typeLine(typist(world), "kubectl create configmap kept --from-literal=a=b; echo text > /root/file");
  world.machines.get("ip-10-0-1-12")?.powerCut();
  world.run(60_000);
  const image = world.image();
  const again = Sandbox.boot(image, ALL_PROGRAMS);
  expect(digest(again.image())).toBe(digest(image));
  again.dispose();
  world.dispose();
});

test("the compaction that a made world's days brought is on its disk: etcd does not do it again when it starts", () => {
  const world = freshWorld();
  const compactions = "kubectl logs -n kube-system etcd-ip-10-0-1-10 | grep -c 'finished scheduled compaction'";
  expect(typeLine(typist(world), compactions).stdout).toBe("1\n");
  world.dispose();
});

test("the prompt of a world that goes on from an image is there before a daemon has taken a step", () => {
  const sandbox = Sandbox.boot(worldImage(), ALL_PROGRAMS);
  const controlPlane = sandbox.machines.get("ip-10-0-1-10");
  const ports = () => controlPlane?.station.openListeners.map(({ address }) => address.port) ?? [];
  const { terminal } = sandbox.openTerminal();
  expect(sandbox.runUntil(() => terminal.awaited, 60_000)).toBe(true);
  expect(sandbox.clock.now).toBe(worldImage().kernel.now);
  expect(ports()).toEqual([]);
  sandbox.run(1000);
  expect(ports()).toContain(2379);
  sandbox.dispose();
});

test("an image survives being bytes, and being parted", () => {
  const image = worldImage();
  const decoded = decodeImage(encodeImage(image)) as SandboxImage;
  expect(digest(decoded)).toBe(digest(image));
  const { first, late } = partImage(image, "here");
  expect(late.files.map(({ path }) => path)).toContain("/var/lib/etcd/member/snap/db");
  const sandbox = Sandbox.boot(first.image, ALL_PROGRAMS);
  supplyLate(sandbox, late);
  for (const { host, path, bytes } of late.files)
    expect(sha256(sandbox.machines.get(host)?.fs.readFile(path) ?? "")).toBe(sha256(bytes));
  sandbox.dispose();
  expect(() => decodeImage(new Uint8Array([1, 2, 3]))).toThrow("this is no image of a sandbox");
});

test("a disposed world leaves no task", () => {
  const world = freshWorld();
  const runner = typist(world);
  typeLine(runner, "sleep 1000 & watch kubectl get pods > /dev/null &");
  world.run(5000);
  world.dispose();
  world.run(60_000);
  expect(world.clock.pending).toBe(0);
  expect(world.kernel.tasks.size).toBe(0);
});

test("power cut while a host goes down: the next start is left alone, and nothing outlives the world", () => {
  const world = freshWorld();
  const worker = world.machines.get("ip-10-0-1-11");
  worker?.start({ argv: ["reboot"] });
  world.run(195);
  worker?.powerCut();
  expect(worker?.isOn).toBe(false);
  worker?.powerOn();
  const bootedAt = worker?.host.bootedAt;
  world.run(60_000);
  expect(worker?.host.bootedAt).toBe(bootedAt);
  world.dispose();
  world.run(60_000);
  expect([world.clock.pending, world.kernel.tasks.size]).toEqual([0, 0]);
});
