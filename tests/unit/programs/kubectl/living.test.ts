import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { SandboxImage } from "../../../../src/sandbox/sandbox.ts";
import { realKubectl } from "../../../support/real-kubectl.ts";
import { freshWorld, typeLine, typist } from "../../../support/world.ts";
import { WorldDuel } from "../../../support/world-duel.ts";
import { CHANGES } from "./living/changes.ts";
import { ASKED_FILES, LIVING_BEGINS, LIVING_FILES } from "./living/files.ts";
import { LOOKS } from "./living/looks.ts";

const real = realKubectl();
let image: SandboxImage;

if ("missing" in real) test.skip(`living comparison: ${real.missing}`, () => undefined);
else {
  beforeAll(() => {
    image = livingImage();
  });

  const groups = [
    ...LOOKS.map((group) => ({ ...group, twins: false })),
    ...CHANGES.map((group) => ({ ...group, twins: true })),
  ];
  describe.each(groups)("in a living world, says what the real kubectl says of $name", ({ lines, twins }) => {
    let duel: WorldDuel;

    beforeAll(async () => {
      duel = await WorldDuel.open(real.path, image, { twins, files: ASKED_FILES });
    });
    afterAll(() => duel.close());

    test.each(lines)("kubectl %s", async (line) => {
      const seconds = /^pause (\d+)$/.exec(line)?.[1];
      if (seconds !== undefined) duel.wait(Number(seconds));
      else {
        const { expected, actual } = await duel.run(line);
        expect(actual).toEqual(expected);
      }
    });
  });
}

/** A world in which somebody has worked for some minutes. */
function livingImage(): SandboxImage {
  const world = freshWorld();
  const terminal = typist(world);
  for (const [name, content] of Object.entries(LIVING_FILES))
    [...world.machines.values()][0]?.fs.writeFile(`/root/${name}`, new TextEncoder().encode(content));
  for (const line of LIVING_BEGINS) {
    const { exitCode, stderr } = typeLine(terminal, line);
    if (exitCode !== 0) throw new Error(`${line}: ${stderr}`);
  }
  const made = world.image();
  world.dispose();
  return { ...made, terminals: [] };
}
