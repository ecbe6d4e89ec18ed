/** What stands before the object on a command line of ip. */
export interface IpOptions {
  readonly kind: "run" | "help" | "version";
  readonly words: readonly string[];
  readonly family: "inet" | "inet6" | undefined;
  readonly brief: boolean;
  readonly oneLine: boolean;
}

/** Why ip does not even begin. */
export interface WrongOptions {
  readonly kind: "wrong";
  readonly message: string;
  readonly code: number;
}

/** Options may be shortened: of these the first that fits is meant, in the order of iproute2's ip.c. */
const OPTIONS = [
  ...["loops", "family", "4", "6", "0", "M", "B", "human-readable", "iec", "stats", "statistics", "details", "resolve"],
  ...["oneline", "timestamp", "tshort", "Version", "force", "batch", "brief", "json", "pretty", "rcvbuf", "color"],
  ...["help", "netns", "Numeric", "all", "echo"],
] as const;
type OptionName = (typeof OPTIONS)[number];

/** They change numbers and times that are not shown here. */
const WITHOUT_EFFECT: readonly OptionName[] = ["human-readable", "iec", "timestamp", "tshort", "loops", "force"];
const WITH_VALUE: readonly OptionName[] = ["loops", "family"];
const OTHER_FAMILIES = ["link", "mpls", "bridge"];

/** Reads the options up to the object; `kind` is "help" when a value is missing, as ip has it. */
export function readIpOptions(args: readonly string[]): IpOptions | WrongOptions {
  const seen = new Set<OptionName>();
  let family: IpOptions["family"];
  let at = 0;
  for (; args[at]?.startsWith("-") === true; at++) {
    const word = args[at] ?? "";
    if (word === "--") {
      at++;
      break;
    }
    const option = optionOf(word);
    if (option === undefined) return wrong(`Option "${word}" is unknown, try "ip -help".`, 255);
    const value = WITH_VALUE.includes(option) ? args[++at] : undefined;
    if (option === "help" || (WITH_VALUE.includes(option) && value === undefined))
      return form("help", [], seen, family);
    if (option === "Version") return form("version", [], seen, family);
    if (option === "family" || option === "4" || option === "6") {
      const asked = { "4": "inet", "6": "inet6", family: value ?? "" }[option];
      if (OTHER_FAMILIES.includes(asked)) return wrong(`not simulated in this sandbox: ip -family ${asked}`, 1);
      if (asked !== "inet" && asked !== "inet6")
        return wrong(`Error: argument "${asked}" is wrong: invalid protocol family`, 255);
      family = asked;
    } else if (!isDone(option, word)) return wrong(`not simulated in this sandbox: ip ${word}`, 1);
    seen.add(option);
  }
  return form("run", args.slice(at), seen, family);
}

function form(kind: IpOptions["kind"], words: readonly string[], seen: Set<OptionName>, family: IpOptions["family"]) {
  return { kind, words, family, brief: seen.has("brief"), oneLine: seen.has("oneline") };
}

function wrong(message: string, code: number): WrongOptions {
  return { kind: "wrong", message, code };
}

/** `-br`, `--brief`, `-color=never`. */
function optionOf(word: string): OptionName | undefined {
  const name = word.replace(/^--?/, "");
  if (name === "human") return "human-readable";
  const color = /^(c(?:o(?:l(?:or?)?)?)?)=(?:always|auto|never)$/.test(name);
  return color ? "color" : OPTIONS.find((each) => name !== "" && each.startsWith(name));
}

function isDone(option: OptionName, word: string): boolean {
  if (option === "color") return word.endsWith("=never");
  return option === "brief" || option === "oneline" || WITHOUT_EFFECT.includes(option);
}
