import { CommandError } from "../core/failure.ts";

/** `app=web,env=prod` as labels. Throws `CommandError` (kubectl generate.ParseLabels). */
export function parseLabels(text: string): Record<string, string> {
  const labels: Record<string, string> = {};
  for (const pair of text.split(",")) {
    const parts = pair.split("=");
    if (parts.length !== 2 || parts[0] === "") throw new CommandError(`unexpected label spec: ${pair}`);
    labels[parts[0] ?? ""] = parts[1] ?? "";
  }
  return labels;
}
