import { utf8 } from "../../../base/bytes.ts";
import type { HttpResponse } from "../../../sim/http.ts";

/** What this API server says it is (apimachinery version.Info). */
export const SERVER_VERSION = {
  major: "1",
  minor: "35",
  emulationMajor: "1",
  emulationMinor: "35",
  minCompatibilityMajor: "1",
  minCompatibilityMinor: "34",
  gitVersion: "v1.35.2",
  gitCommit: "fdc9d74cbf2da6754ebf81d56f80ae2948cd6425",
  gitTreeState: "clean",
  buildDate: "2026-02-26T20:06:22Z",
  goVersion: "go1.25.7",
  compiler: "gc",
  platform: "linux/amd64",
} as const;

/** GET /version, indented as upstream writes it. */
export function versionResponse(): HttpResponse {
  const body = JSON.stringify(SERVER_VERSION, undefined, 2);
  return { status: 200, headers: { "content-type": "application/json" }, body: { kind: "bytes", bytes: utf8(body) } };
}
