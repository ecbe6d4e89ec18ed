import type { Task } from "../../sim/task.ts";
import { type OptionSpec, parseOptions, usage } from "./options.ts";
import type { Run } from "./run.ts";

const VERSION = "OpenSSL 3.0.22 25 Aug 2026";

const OPTIONS: readonly OptionSpec[] = ["a", "v", "b", "d", "e", "f", "m", "o", "p", "r", "c"].map((name) => ({
  name,
  help: name === "a" ? "Print everything" : "Print one part of it",
}));

/** `openssl version`. */
export function* version(run: Run, args: readonly string[]): Task<number> {
  const options = parseOptions(run.name, args, OPTIONS);
  if (options.rest.length > 0) throw usage(run.name);
  const wanted = (name: string) => options.has("a") || options.has(name);
  let text = "";
  if (args.length === 0 || wanted("v")) text += `${VERSION} (Library: ${VERSION})\n`;
  if (wanted("p")) text += "platform: debian-amd64\n";
  if (wanted("d")) text += 'OPENSSLDIR: "/usr/lib/ssl"\n';
  yield* run.print(text);
  return 0;
}
