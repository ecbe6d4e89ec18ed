import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { firstKernelImage, Kernel } from "../../../../src/sim/kernel.ts";
import { ApiServerPort } from "../../../support/api-server-port.ts";
import { KubectlServer } from "../../../support/kubectl-server.ts";
import { realKubectl, startRealKubectl } from "../../../support/real-kubectl.ts";
import { ONLINE_COMMANDS } from "./online-commands.ts";

const real = realKubectl();

if ("missing" in real) test.skip(`online comparison: ${real.missing}`, () => undefined);
else
  describe("says what the real kubectl says, against the same server", () => {
    const ours = newServer();
    const theirs = newServer();
    let port: ApiServerPort;
    const home = mkdtempSync(join(tmpdir(), "kubectl-online-"));

    beforeAll(async () => {
      const { api } = theirs.server;
      port = await ApiServerPort.open(theirs.machine.kernel, (request) =>
        api.handle({ request, peerCertificates: [] }),
      );
    });
    afterAll(() => port.close());

    test.each(ONLINE_COMMANDS)(
      "$line",
      async ({ line, stdin }) => {
        const args = words(line);
        const expected = await startRealKubectl(real.path, ["--server", port.url, ...args], {
          home,
          ...(stdin === undefined ? {} : { stdin }),
        });
        const actual = ours.kubectl(args, stdin);
        ours.advance(100);
        expect(masked(actual)).toEqual(masked(expected));
      },
      20_000,
    );
  });

/** A server of today, since the real kubectl reckons ages by the real clock. */
function newServer(): KubectlServer {
  const server = new KubectlServer({ kernel: new Kernel(firstKernelImage(Date.now() - 7000, 1)) });
  return server;
}

function masked(run: { readonly stdout: string; readonly stderr: string; readonly exitCode: number }) {
  return { stdout: mask(run.stdout), stderr: mask(run.stderr), exitCode: run.exitCode };
}

/** Times, ages, ids, versions and addresses differ between two servers. */
function mask(text: string): string {
  return text
    .replace(/^([IWE])\d{4} \S+ +\d+ /gm, "$1 ")
    .replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/g, "<TS>")
    .replace(/[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d [+-]\d{4}/g, "<TS>")
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, "<UID>")
    .replace(/(resourceVersion\\*"?: ?\\*")\d+/g, "$1<RV>")
    .replace(/(Resource Version: +)\d+/g, "$1<RV>")
    .replace(/10\.\d+\.\d+\.\d+/g, "<IP>")
    .replace(/127\.0\.0\.1:\d+/g, "<SERVER>")
    .replace(/\b\d+s\b/g, "<AGE>")
    .replace(/ {2,}/g, "  ");
}

/** Splits a line at blanks, with single quotes for words that hold some. */
function words(line: string): string[] {
  return [...line.matchAll(/(?:[^\s']|'[^']*')+/g)].map((match) => match[0].replaceAll("'", ""));
}
