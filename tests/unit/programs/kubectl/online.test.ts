import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { KubectlDuel } from "../../../support/kubectl-duel.ts";
import { realKubectl } from "../../../support/real-kubectl.ts";
import { ONLINE_FILES } from "./online/files.ts";
import { ONLINE_GROUPS } from "./online/groups.ts";

const real = realKubectl();

if ("missing" in real) test.skip(`online comparison: ${real.missing}`, () => undefined);
else
  for (const { name, lines } of ONLINE_GROUPS)
    describe(`says what the real kubectl says of '${name}'`, { shuffle: false }, () => {
      let duel: KubectlDuel;

      beforeAll(async () => {
        duel = await KubectlDuel.open(real.path, ONLINE_FILES);
      });
      afterAll(() => duel.close());

      test.each(lines)(
        "kubectl %s",
        async (line) => {
          const { expected, actual } = await duel.run(line);
          expect(actual).toEqual(expected);
        },
        20_000,
      );
    });
