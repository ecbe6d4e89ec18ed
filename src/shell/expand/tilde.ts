import type { Shell } from "../state/shell.ts";
import { withoutFsError } from "./glob.ts";

/** What `~`, `~user`, `~+` and `~-` at the start of `text` mean; the text itself when they mean nothing. */
export function expandTilde(shell: Shell, text: string): string {
  if (!text.startsWith("~")) return text;
  const slash = text.indexOf("/");
  const user = slash < 0 ? text.slice(1) : text.slice(1, slash);
  const home = homeOf(shell, user);
  if (home === undefined) return text;
  const rest = slash < 0 ? "" : text.slice(slash);
  return home === "/" && rest !== "" ? rest : home + rest;
}

/** Tildes after `=` and each `:` too, as in assignments. */
export function expandTildes(shell: Shell, text: string): string {
  if (!text.includes("~")) return text;
  return text
    .split(":")
    .map((part) => expandTilde(shell, part))
    .join(":");
}

function homeOf(shell: Shell, user: string): string | undefined {
  if (user === "") return shell.variables.get("HOME") ?? shell.process.user.home;
  if (user === "+") return shell.variables.get("PWD");
  if (user === "-") return shell.variables.get("OLDPWD");
  const passwd = withoutFsError(() => shell.process.fs.readText("/etc/passwd")) ?? "";
  for (const line of passwd.split("\n")) {
    const columns = line.split(":");
    if (columns[0] === user) return columns[5];
  }
  return user === shell.process.user.name ? shell.process.user.home : undefined;
}
