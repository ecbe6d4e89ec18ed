import { type CliTypes, type Command, isAvailable } from "./command.ts";

/** Names of `parent`'s commands that someone who typed `typed` may have meant (cobra's SuggestionsFor). */
export function suggestionsFor<X extends CliTypes>(parent: Command<X>, typed: string): string[] {
  if (typed.length > 256) return [];
  const wanted = typed.toLowerCase();
  const near = (name: string) => editDistance(wanted, name.toLowerCase()) <= 2 || name.toLowerCase().startsWith(wanted);
  const suggestions: string[] = [];
  for (const command of parent.commands ?? []) {
    if (!isAvailable(command)) continue;
    if (near(command.name)) suggestions.push(command.name);
    for (const word of command.suggestFor ?? []) if (word.toLowerCase() === wanted) suggestions.push(command.name);
  }
  return suggestions;
}

/** The block that follows `unknown command "x" for "y"`; empty without suggestions. */
export function didYouMean(suggestions: readonly string[]): string {
  if (suggestions.length === 0) return "";
  return `\n\nDid you mean this?\n${suggestions.map((name) => `\t${name}\n`).join("")}`;
}

/** Levenshtein distance. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const above = row[j] ?? 0;
      const diagonal = row[j - 1] ?? 0;
      const left = next[j - 1] ?? 0;
      next.push(a[i - 1] === b[j - 1] ? diagonal : 1 + Math.min(above, diagonal, left));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
