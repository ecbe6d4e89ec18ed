import { text } from "../../../base/bytes.ts";
import { readToEnd } from "../../../machine/file-descriptor.ts";
import { bodyBytes, type HttpBody } from "../../../sim/http.ts";
import type { Task } from "../../../sim/task.ts";
import { CommandError } from "./failure.ts";
import type { Kubectl } from "./kubectl.ts";

/** `--raw PATH`: sends a file's content as it is and prints the answer as it is. */
export function* sendRaw(
  kubectl: Kubectl,
  method: "POST" | "PUT" | "DELETE",
  path: string,
  files: readonly string[],
): Task<number> {
  const [file, ...more] = files;
  if (more.length > 0) throw new CommandError("--raw can only use a single local file or stdin");
  let body: HttpBody | undefined;
  if (file === "-") body = { kind: "bytes", bytes: yield* readToEnd(kubectl.process.stdin) };
  else if (file !== undefined) body = { kind: "bytes", bytes: kubectl.process.fs.readFile(file) };
  const request = kubectl.restRequest(method, path, { raw: true });
  const response = yield* kubectl.client.request(body === undefined ? request : { ...request, body });
  yield* kubectl.out(text(bodyBytes(response.body)));
  return 0;
}
