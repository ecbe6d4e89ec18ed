import type { Sandbox } from "../sandbox.ts";
import type { Party } from "./hop.ts";

const LOGS = "/var/log/pods";
/** A log's end that is looked through, in characters. */
const TAIL = 200_000;

/** The last line of a server's log that names the client's end of a connection; "" when there is none. */
export function logLineAbout(sandbox: Sandbox, server: Party, client: string): string {
  const fs = sandbox.machines.get(server.host)?.fs;
  const pod = { etcd: "etcd", apiserver: "kube-apiserver" }[server.role as string];
  if (fs === undefined || pod === undefined || !fs.exists(LOGS)) return "";
  for (const folder of fs.readdir(LOGS)) {
    const container = `${LOGS}/${folder}/${pod}`;
    if (!folder.startsWith(`kube-system_${pod}-`) || !fs.exists(container)) continue;
    for (const file of [...fs.readdir(container)].sort().reverse()) {
      const found = lastLine(fs.readText(`${container}/${file}`).slice(-TAIL), client);
      if (found !== "") return found;
    }
  }
  return "";
}

function lastLine(text: string, client: string): string {
  const at = text.lastIndexOf(client);
  if (at < 0) return "";
  const line = text.slice(
    text.lastIndexOf("\n", at) + 1,
    text.indexOf("\n", at) < 0 ? undefined : text.indexOf("\n", at),
  );
  return line.replace(/^\S+ (?:stdout|stderr) [FP] /, "");
}
