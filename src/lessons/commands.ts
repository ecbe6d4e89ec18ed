/**
 * The commands of a console block: physical lines joined where bash would ask for more (a backslash at the end, an open
 * quote, a here-document). Blank lines and comment lines are no commands.
 */
export function commandsOf(text: string): readonly string[] {
  const commands: string[] = [];
  let open: string[] = [];
  for (const line of text.split("\n")) {
    if (open.length === 0 && (line.trim() === "" || line.trimStart().startsWith("#"))) continue;
    open.push(line);
    const command = open.join("\n");
    if (continues(command)) continue;
    commands.push(command);
    open = [];
  }
  if (open.length > 0) commands.push(open.join("\n"));
  return commands;
}

function continues(command: string): boolean {
  const here = /<<-?\s*(["']?)(\w+)\1/.exec(command);
  if (here !== null)
    return !command
      .split("\n")
      .slice(1)
      .some((line) => line.trim() === here[2]);
  return /(^|[^\\])(\\\\)*\\$/.test(command) || quoteIsOpen(command);
}

function quoteIsOpen(command: string): boolean {
  let quote = "";
  for (let at = 0; at < command.length; at++) {
    const character = command.charAt(at);
    if (character === "\\" && quote !== "'") at++;
    else if (quote !== "") {
      if (character === quote) quote = "";
    } else if (character === "'" || character === '"') quote = character;
  }
  return quote !== "";
}

/** The words at which programs stand in a command: its first word, and the first after `|`, `;`, `&&`, `||`. */
export function programsOf(command: string): readonly string[] {
  return command
    .replace(/\\\n/g, " ")
    .replace(/'[^']*'|"(?:[^"\\]|\\.)*"/g, "x")
    .split(/\|\||&&|[|;&\n(]/)
    .flatMap((part) => {
      const words = part
        .trim()
        .split(/\s+/)
        .filter((word) => word !== "" && !/^\w+=/.test(word) && word !== "!");
      return words[0] === undefined ? [] : [words[0]];
    });
}
