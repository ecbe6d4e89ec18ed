/** The shells that `completion` can write scripts for. */
export const SHELLS = ["bash", "zsh", "fish", "powershell"] as const;

export type Shell = (typeof SHELLS)[number];

export function isShell(text: string): text is Shell {
  return (SHELLS as readonly string[]).includes(text);
}

/**
 * A script that makes the shell ask `<program> __complete <words>` for offers. The sandbox's own shell asks without
 * it; the script is for those who save it to a file.
 */
export function completionScript(program: string, shell: Shell): string {
  const title = `# ${shell} completion for ${program}`.padEnd(63 - "powershell".length + shell.length);
  if (shell === "zsh") return `#compdef ${program}\ncompdef _${program} ${program}\n\n${zshBody(program)}`;
  const head = `${title.padEnd(61)}-*- shell-script -*-\n\n`;
  if (shell === "bash") return head + bashBody(program);
  return head + (shell === "fish" ? fishBody(program) : powershellBody(program));
}

function bashBody(program: string): string {
  return `__start_${program}()
{
    local out directive cur
    COMPREPLY=()
    cur="\${COMP_WORDS[COMP_CWORD]}"
    out=$(${program} __complete "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
    directive=\${out##*:}
    out=\${out%:*}
    if (( (directive & 1) != 0 )); then
        return
    fi
    if (( (directive & 2) != 0 )); then
        compopt -o nospace
    fi
    if (( (directive & 4) == 0 )) && [[ -z $out ]]; then
        compopt -o default
    fi
    while IFS=$'\\t' read -r word description; do
        [[ $word == "$cur"* ]] && COMPREPLY+=("$word")
    done <<< "$out"
}

complete -F __start_${program} ${program}
`;
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
