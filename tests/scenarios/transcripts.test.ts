import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { replay, share, type Waiver } from "../support/replay.ts";
import { type Scenario, scenarios } from "../support/transcript.ts";
import floors from "./floors.json" with { type: "json" };
import waivers from "./waivers.json" with { type: "json" };

/**
 * Every recorded scenario, typed into a fresh world. What came out is written to .cache/transcripts for reading; the
 * share of equal lines may only rise (floors.json).
 */
const only = process.env["SCENARIO"];
const report = join(import.meta.dirname, "../../.cache/transcripts");
mkdirSync(report, { recursive: true });

const totals = { etcd: { same: 0, of: 0 }, kubectl: { same: 0, of: 0 } };
const rows: string[] = [];

// The share is judged when all have been replayed, so the order counts.
for (const group of ["etcd", "kubectl"] as const)
  describe(group, { shuffle: false }, () => {
    const chosen = scenarios(group).filter(
      ({ id }) => only === undefined || only.split(",").some((prefix) => id.startsWith(prefix)),
    );
    test.each(chosen.map((scenario) => [scenario.id, scenario] as const))(
      "%s is replayed without a defect",
      (id, scenario: Scenario) => {
        const verdicts = replay(scenario, waivers as Waiver[]);
        const { same, of } = share(verdicts);
        totals[group].same += same;
        totals[group].of += of;
        rows.push(`${`${group}/${id}`.padEnd(56)}${same}/${of}`);
        writeFileSync(
          join(report, `${id}.json`),
          JSON.stringify(
            verdicts.filter(({ verdict }) => verdict !== "same"),
            null,
            2,
          ),
        );
        expect(verdicts.length).toBe(scenario.lines.length);
      },
    );

    test.skipIf(only !== undefined)("the share of equal lines has not fallen", () => {
      const { same, of } = totals[group];
      expect(same / of).toBeGreaterThanOrEqual(floors[group]);
    });
  });

afterAll(() => {
  const line = (group: "etcd" | "kubectl") =>
    `${group}: ${totals[group].same} of ${totals[group].of} lines (${((100 * totals[group].same) / Math.max(1, totals[group].of)).toFixed(1)} %)`;
  writeFileSync(
    join(report, only === undefined ? "shares.txt" : "shares-some.txt"),
    `${rows.join("\n")}\n${line("etcd")}\n${line("kubectl")}\n`,
  );
  console.log(`${rows.join("\n")}\n${line("etcd")}\n${line("kubectl")}\nwaived: ${waivers.length}`);
});
