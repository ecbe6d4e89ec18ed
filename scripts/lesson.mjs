/** `npm run -s lesson -- lint|test FILE...`: see scripts/lesson.ts. */
import { pathToFileURL } from "node:url";
import { bundle } from "./bundle.mjs";
import { installDependencies } from "./setup.mjs";

installDependencies();
await import(pathToFileURL(await bundle("scripts/lesson.ts", "lesson")).href);
