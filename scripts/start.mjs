/** `npm start`: installs what is missing, builds, serves and says the URL. */
import { installDependencies, ROOT } from "./setup.mjs";

installDependencies();
const { build, preview } = await import("vite");
if (!process.argv.includes("--no-build")) {
  const { makeImages } = await import("./images.mjs");
  await makeImages();
  await build({ root: ROOT, logLevel: "warn" });
}
const port = Number(process.env.PORT ?? 4173);
const server = await preview({
  root: ROOT,
  logLevel: "warn",
  preview: {
    port,
    host: process.env.HOST ?? "localhost",
    cors: true, // frames without an origin of their own load module scripts only so
  },
});
console.log(`etcd sandbox: ${server.resolvedUrls?.local[0] ?? `http://localhost:${port}/`}  (Ctrl-C stops it)`);
