import { utf8 } from "../../../base/bytes.ts";
import { goJson } from "../../../base/go-json.ts";
import type { HttpRequest, HttpResponse } from "../../../sim/http.ts";

/** What people read the API with by hand. */
const READERS = ["curl", "Wget", "Mozilla/5.0"];

/**
 * The answer with its JSON indented when `pretty` asks for it or the client is one that people look at (apiserver
 * responsewriters isPrettyPrint).
 */
export function readable(request: HttpRequest, response: HttpResponse): HttpResponse {
  if (response.body.kind !== "json" || !wantsReadable(request)) return response;
  const text = goJson(response.body.value, { indent: "  ", sortKeys: false });
  return { ...response, body: { kind: "bytes", bytes: utf8(text) } };
}

function wantsReadable({ path, headers }: HttpRequest): boolean {
  const asked = /[?&]pretty=([^&]*)/.exec(path)?.[1];
  if (asked !== undefined && asked !== "") return ["1", "true", "True", "TRUE", "t", "T"].includes(asked);
  const agent = headers["user-agent"];
  const name = typeof agent === "string" ? agent : (agent?.[0] ?? "");
  return READERS.some((reader) => name.startsWith(reader));
}
