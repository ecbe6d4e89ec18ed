/** `npm run dev`: serves the page and rebuilds it as sources change. */
import { installDependencies, ROOT, run } from "./setup.mjs";

installDependencies();
const { makeImages } = await import("./images.mjs");
await makeImages();
run(process.execPath, [`${ROOT}/node_modules/vite/bin/vite.js`]);
