import type { Shell } from "../state/shell.ts";

/** Puts a command in the history as HISTCONTROL and HISTIGNORE allow; its lines are joined as `cmdhist` does. */
export function historyEntry(shell: Shell, lines: readonly string[]): void {
  const entry = joinLines(lines);
  if (entry.trim() === "") return;
  const control = (shell.variables.get("HISTCONTROL") ?? "").split(":");
  const ignoresSpace = control.includes("ignorespace") || control.includes("ignoreboth");
  const ignoresRepeats = control.includes("ignoredups") || control.includes("ignoreboth");
  if (ignoresSpace && entry.startsWith(" ")) return;
  if (ignoresRepeats && shell.history.get(-1) === entry) return;
  shell.history.sizeMax = Number(shell.variables.get("HISTSIZE") ?? 500) || 500;
  shell.history.add(entry);
}

/** After these no semicolon is needed before the next line. */
const OPEN_END = /(?:^|[\s;])(?:do|then|else|elif|in|if|while|until|\{)$|[({|&;]$|\)\s*$/;

function joinLines(lines: readonly string[]): string {
  const [first = ""] = lines;
  if (/<<-?\s*\S/.test(first)) return lines.join("\n");
  const parts: string[] = [];
  let quote = "";
  for (const line of lines) {
    const last = parts[parts.length - 1];
    if (last === undefined) parts.push(line);
    else if (last.endsWith("\\") && quote !== "'") parts[parts.length - 1] = last.slice(0, -1) + line;
    else if (quote !== "") parts.push("\n", line);
    else parts.push(OPEN_END.test(last) ? " " : "; ", line.trimStart());
    quote = quoteAfter(line, quote);
  }
  return parts.join("");
}

/** The quote that is open behind `text` when `quote` was before it. */
function quoteAfter(text: string, quote: string): string {
  let open = quote;
  for (let at = 0; at < text.length; at++) {
    const char = text.charAt(at);
    if (char === "\\" && open !== "'") at++;
    else if (open === "" && (char === "'" || char === '"')) open = char;
    else if (char === open) open = "";
  }
  return open;
}
