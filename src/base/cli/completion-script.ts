import { type CliTypes, type CommandLine, type CommandPath, commandOf, flagsOf, isAvailable } from "./command.ts";
import { bareValue } from "./flag.ts";
import { isShown, sortedCommands } from "./usage.ts";

/** The shells that `completion` can write scripts for. */
export const SHELLS = ["bash", "zsh", "fish", "powershell"] as const;

export type Shell = (typeof SHELLS)[number];

export function isShell(text: string): text is Shell {
  return (SHELLS as readonly string[]).includes(text);
}

/**
 * A script for `shell` to complete the program. For bash all words stand in the script, as in cobra's first version;
 * the others ask `<program> __complete <words>`. `bashVersion` is ` V2` for programs that name it so. The sandbox's own
 * shell needs no script.
 */
export function completionScript<X extends CliTypes>(line: CommandLine<X>, shell: Shell, bashVersion = ""): string {
  const program = line.root.name;
  const version = shell === "bash" ? bashVersion : "";
  const head = `# ${shell} completion${version} for ${program.padEnd(36)} -*- shell-script -*-\n\n`;
  switch (shell) {
    case "bash":
      return head + bashBody(line);
    case "zsh":
      return `#compdef ${program}\ncompdef _${program} ${program}\n\n${zshBody(program)}`;
    case "fish":
      return head + fishBody(program);
    case "powershell":
      return head + powershellBody(program);
  }
}

function bashBody<X extends CliTypes>(line: CommandLine<X>): string {
  const program = line.root.name;
  return `__${program}_words()
{
    case "$1" in
${bashCases(line, [line.root])}    esac
}

__start_${program}()
{
    local cur word path="${program}"
    cur="\${COMP_WORDS[COMP_CWORD]}"
    for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
        if [[ $word != -* ]] && [[ " $(__${program}_words "$path") " == *" $word "* ]]; then
            path="$path $word"
        fi
    done
    COMPREPLY=($(compgen -W "$(__${program}_words "$path")" -- "$cur"))
}

complete -o default -F __start_${program} ${program}
`;
}

/** One case for each command: its commands and flags. */
function bashCases<X extends CliTypes>(line: CommandLine<X>, path: CommandPath<X>): string {
  const children = sortedCommands(commandOf(path)).filter((child) => isAvailable(child) || child.isHelp);
  const flags = flagsOf(line, path).sorted().filter(isShown);
  const words = [
    ...children.map((child) => child.name),
    ...flags.map((flag) => `--${flag.name}${bareValue(flag) === undefined ? "=" : ""}`),
  ];
  const name = path.map((command) => command.name).join(" ");
  const own = `        "${name}")\n            echo "${words.join(" ")}"\n            ;;\n`;
  return own + children.map((child) => bashCases(line, [...path, child])).join("");
}

function zshBody(program: string): string {
  return `_${program}()
{
    local -a offers
    local line
    while IFS=$'\\t' read -r line; do
        [[ $line == :* ]] || offers+=("\${line/$'\\t'/:}")
    done < <(${program} __complete "\${words[@]:1}" 2>/dev/null)
    _describe '${program}' offers
}
`;
}

function fishBody(program: string): string {
  return `function __${program}_complete
    set -l words (commandline -opc)
    ${program} __complete $words[2..] (commandline -ct) 2>/dev/null | string match -v ':*'
end

complete -c ${program} -f -a '(__${program}_complete)'
`;
}

function powershellBody(program: string): string {
  return `Register-ArgumentCompleter -CommandName '${program}' -ScriptBlock {
    param($WordToComplete, $CommandAst, $CursorPosition)
    $words = $CommandAst.CommandElements | Select-Object -Skip 1 | ForEach-Object { $_.ToString() }
    ${program} __complete @words 2>$null | Where-Object { $_ -notlike ':*' } | ForEach-Object {
        ($_ -split "\`t")[0]
    }
}
`;
}
