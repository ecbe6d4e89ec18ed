/**
 * Measures what the sandbox costs, beside the nearest neighbour (`@ngrok/webernetes`) in the same run.
 * Usage: bench [--json] [--rounds N] [GROUP...]; groups: boot warm idle commands history keeping store page embed.
 *
 * Every group runs in processes of its own, `--rounds` times; the least is taken, as load from beside only adds.
 */
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { CurveResult } from "../src/pki/curve-results.ts";
import { decodeImage, encodeImage } from "../src/sandbox/image-codec.ts";
import { checkpoints, history } from "./bench/history.ts";
import { keeping } from "./bench/keeping.ts";
import type { Measure } from "./bench/measure.ts";
import { embed, firstLoad, frames, page } from "./bench/page.ts";
import { dialledStore, rawStore } from "./bench/store.ts";
import { boot, commands, idle, makeImage, recordedCurve, warm } from "./bench/world.ts";
import { yardstickBoot, yardstickStore } from "./bench/yardstick.ts";

const HERE = fileURLToPath(import.meta.url);
const ROOT = join(dirname(HERE), "..");

type Part = (imageFile: string) => Measure[] | Promise<Measure[]>;

const read = (file: string): Uint8Array => new Uint8Array(readFileSync(file));

const GROUPS: Readonly<Record<string, Readonly<Record<string, Part>>>> = {
  boot: {
    make: (file) => {
      const made = makeImage();
      if (!existsSync(file)) writeFileSync(file, made.image);
      return [made.measure];
    },
    curve: (file) => {
      if (!existsSync(`${file}.curve`)) writeFileSync(`${file}.curve`, encodeImage(recordedCurve(read(file))));
      return [];
    },
    boot: (file) => boot(read(file), decodeImage(read(`${file}.curve`)) as readonly CurveResult[]),
    "yardstick-boot": yardstickBoot,
  },
  warm: { warm: (file) => warm(read(file)) },
  idle: { idle: (file) => idle(read(file)) },
  commands: { commands: (file) => commands(read(file)) },
  history: { history: (file) => history(read(file)), checkpoints: (file) => checkpoints(read(file)) },
  keeping: { keeping: (file) => keeping(read(file)) },
  store: { "raw-store": rawStore, "dialled-store": dialledStore, "yardstick-store": yardstickStore },
  page: { "first-load": () => firstLoad(ROOT), page: () => page(ROOT), frames: () => frames(ROOT) },
  embed: { embed: () => embed(ROOT) },
};

/** The least of each number over all rounds; of rates the greatest. */
function best(rounds: readonly (readonly Measure[])[]): Measure[] {
  return (rounds[0] ?? []).map((first) => {
    const values = rounds.flatMap((round) => round.filter((m) => m.name === first.name).map((m) => m.value));
    return { ...first, value: first.unit === "per s CPU" ? Math.max(...values) : Math.min(...values) };
  });
}

function runPart(part: string, imageFile: string): Measure[] {
  const args = ["--expose-gc", HERE, "--part", part, imageFile];
  const text = execFileSync(process.execPath, args, { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });
  return JSON.parse(text) as Measure[];
}

function measureAll(groups: readonly string[], rounds: number): Measure[] {
  const folder = mkdtempSync(join(tmpdir(), "bench-"));
  const imageFile = join(folder, "world.image");
  try {
    const needsImage = groups.some((group) => ["warm", "idle", "commands", "history", "keeping"].includes(group));
    if (needsImage && !groups.includes("boot")) runPart("make", imageFile);
    return groups.flatMap((group) =>
      Object.keys(GROUPS[group] ?? {}).flatMap((part) =>
        best(
          Array.from({ length: group === "page" || group === "embed" ? 1 : rounds }, () => runPart(part, imageFile)),
        ),
      ),
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function printTable(measures: readonly Measure[]): void {
  const names = [...new Set(measures.map((m) => m.name))];
  const rows = names.map((name) => {
    const of = (side: Measure["side"]) => measures.find((m) => m.name === name && m.side === side);
    const [mine, theirs] = [of("ours"), of("webernetes")];
    const ratio = mine && theirs ? `${(mine.value / theirs.value).toFixed(2)}×` : "";
    return [name, shown(mine), shown(theirs), (mine ?? theirs)?.unit ?? "", ratio];
  });
  const table = [
    ["what", "ours", "webernetes", "unit", "ours ÷ theirs"],
    ["---", "---:", "---:", "---", "---:"],
    ...rows,
  ];
  const widths = table[0]?.map((_, column) => Math.max(...table.map((row) => row[column]?.length ?? 0))) ?? [];
  for (const row of table)
    console.log(`| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(" | ")} |`);
}

function shown(measure: Measure | undefined): string {
  if (measure === undefined) return "";
  return measure.value >= 100 ? Math.round(measure.value).toLocaleString("en-US") : measure.value.toFixed(1);
}

function fail(message: string): never {
  console.error(`bench: ${message}\nusage: bench [--json] [--rounds N] [${Object.keys(GROUPS).join(" ")}]`);
  process.exit(2);
}

async function main(argv: readonly string[]): Promise<void> {
  if (argv[0] === "--part") {
    const part = Object.values(GROUPS).find((parts) => argv[1] !== undefined && argv[1] in parts)?.[argv[1] ?? ""];
    process.stdout.write(JSON.stringify((await part?.(argv[2] ?? "")) ?? []));
    process.exit(0); // the yardstick's clocks go on ticking
  }
  const queue = [...argv];
  const groups: string[] = [];
  let json = false;
  let rounds = 3;
  for (let arg = queue.shift(); arg !== undefined; arg = queue.shift()) {
    if (arg === "--json") json = true;
    else if (arg === "--rounds") rounds = Number(queue.shift());
    else if (arg in GROUPS) groups.push(arg);
    else fail(`unknown argument ${arg}`);
  }
  if (!Number.isInteger(rounds) || rounds < 1) fail("--rounds must be a whole number from 1 on");
  const measures = measureAll(groups.length > 0 ? groups : Object.keys(GROUPS), rounds);
  if (json) console.log(JSON.stringify(measures, undefined, 2));
  else printTable(measures);
}

await main(process.argv.slice(2));
