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
  const [first = "", ...rest] = lines;
  let entry = first;
  if (/<<-?\s*\S/.test(first) || openQuote(first)) return lines.join("\n");
  for (const line of rest) {
    if (entry.endsWith("\\")) entry = entry.slice(0, -1) + line;
    else if (openQuote(entry)) entry += `\n${line}`;
    else entry += (OPEN_END.test(entry) ? " " : "; ") + line.trimStart();
  }
  return entry;
}

function openQuote(text: string): boolean {
  let quote = "";
  for (let at = 0; at < text.length; at++) {
    const char = text.charAt(at);
    if (char === "\\" && quote !== "'") at++;
    else if (quote === "" && (char === "'" || char === '"')) quote = char;
    else if (char === quote) quote = "";
  }
  return quote !== "";
}
