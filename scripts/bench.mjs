/** `npm run -s bench -- [--json] [--rounds N] [GROUP...]`: see scripts/bench.ts. */
import { spawnSync } from "node:child_process";
import { bundle } from "./bundle.mjs";
import { installDependencies } from "./setup.mjs";

installDependencies();
const file = await bundle("scripts/bench.ts", "bench");
const node = spawnSync(process.execPath, ["--expose-gc", file, ...process.argv.slice(2)], { stdio: "inherit" });
process.exit(node.status ?? 1);
