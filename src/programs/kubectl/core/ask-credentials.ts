import { parseServerUrl } from "../../../kube/client/connection.ts";
import type { RestConfig } from "../../../kube/client/rest-config.ts";
import { LineReader, writeText } from "../../../machine/file-descriptor.ts";
import type { Process } from "../../../machine/process.ts";
import type { Task } from "../../../sim/task.ts";
import { CommandError } from "./failure.ts";

/** Whether a server that wants to know would not learn from this who is there. */
export function isNobody(config: RestConfig): boolean {
  const { username, clientCertificateFile, clientCertificateData, bearerToken } = config;
  const ways = [username, clientCertificateFile, clientCertificateData, bearerToken];
  return parseServerUrl(config.server)?.secure === true && ways.every((way) => (way ?? "") === "");
}

/**
 * Asks for a name and a password, the latter without echo and of a terminal only (clientcmd PromptingAuthLoader). Throws
 * `CommandError` when nothing is entered.
 */
export function* askCredentials(process: Process): Task<{ readonly username: string; readonly password: string }> {
  yield* writeText(process.stdout, "Please enter Username: ");
  const lines = new LineReader(process.stdin);
  const username = yield* word(lines);
  yield* writeText(process.stdout, "Please enter Password: ");
  const { terminal } = process;
  if (process.stdin.kind !== "terminal" || terminal === undefined)
    throw new CommandError("error reading input for Password");
  const before = terminal.mode;
  terminal.setMode({ ...before, echo: false });
  try {
    return { username, password: (yield* lines.next()) ?? "" };
  } finally {
    terminal.setMode(before);
  }
}

function* word(lines: LineReader): Task<string> {
  for (;;) {
    const line = yield* lines.next();
    if (line === undefined) throw new CommandError("EOF");
    const found = line.trim().split(/\s+/, 1)[0] ?? "";
    if (found !== "") return found;
  }
}
