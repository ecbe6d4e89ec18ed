/** `npm run build`: makes the image of a fresh cluster, then the static folder `dist`. */
import { installDependencies } from "./setup.mjs";

installDependencies();
const { build } = await import("vite");
await build({ logLevel: "warn" });
