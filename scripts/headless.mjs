/** `npm run -s headless -- [options] [SCRIPT]`: see scripts/headless.ts. */
import { pathToFileURL } from "node:url";
import { bundle } from "./bundle.mjs";
import { installDependencies } from "./setup.mjs";

installDependencies();
await import(pathToFileURL(await bundle("scripts/headless.ts", "headless")).href);
