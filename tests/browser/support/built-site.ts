import { existsSync, readFileSync, statSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join } from "node:path";

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
  ".wasm": "application/wasm",
  ".webmanifest": "application/manifest+json",
};
const FOLDER = "/some/path/";

/** The built page on a host of its own, below a folder, which can put a newer version there and go down. */
export class BuiltSite {
  private readonly server: Server;
  private port = 0;
  private next = false;

  private constructor() {
    this.server = createServer(({ url }, response) => {
      const path = new URL(url ?? "/", "http://localhost").pathname;
      const answer = path.startsWith(FOLDER) ? this.read(path.slice(FOLDER.length)) : undefined;
      response.writeHead(answer === undefined ? 404 : 200, {
        "content-type": TYPES[extname(path)] ?? (path.endsWith("/") ? "text/html" : "application/octet-stream"),
      });
      response.end(answer);
    });
  }

  static async start(): Promise<BuiltSite> {
    const site = new BuiltSite();
    await new Promise<void>((listening) => site.server.listen(0, "localhost", listening));
    site.port = (site.server.address() as AddressInfo).port;
    return site;
  }

  get address(): string {
    return `http://localhost:${this.port}${FOLDER}`;
  }

  /** From now on another version is there: its first script has another name, so has what names it. */
  release(): void {
    this.next = true;
  }

  stop(): void {
    this.server.close();
    this.server.closeAllConnections();
  }

  private read(path: string): string | Buffer | undefined {
    const file = join("dist", this.next ? path.replace(/index-next\.js$/, oldScript()) : path);
    const found = existsSync(file) && statSync(file).isDirectory() ? join(file, "index.html") : file;
    if (!existsSync(found) || (this.next && path.endsWith(oldScript()))) return undefined;
    const content = readFileSync(found);
    if (!this.next || !/\.(html|js)$/.test(found)) return content;
    const text = content.toString().replaceAll(oldScript(), "index-next.js");
    return path === "sw.js" ? text.replace(/"version":"/, '"version":"next-') : text;
  }
}

/** The script that the page begins with. */
function oldScript(): string {
  const script = /assets\/(index-[\w-]+\.js)/.exec(readFileSync("dist/index.html", "utf8"))?.[1];
  if (script === undefined) throw new Error("dist/index.html names no first script");
  return script;
}
