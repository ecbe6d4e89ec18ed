import { CODE, CurlError } from "./curl-error.ts";

interface OptionSpec {
  readonly long: string;
  readonly short?: string;
  /** What the value is called in the help; undefined for a switch. */
  readonly value?: string;
  readonly numeric?: true;
  readonly help: string;
  /** Shown by `--help` without a category. */
  readonly common?: true;
}

/** The options that are simulated, sorted by name. */
const OPTIONS: readonly OptionSpec[] = [
  { long: "cacert", value: "file", help: "CA certificate to verify peer against" },
  { long: "cert", short: "E", value: "certificate[:password]", help: "Client certificate file and password" },
  { long: "compressed", help: "Request compressed response" },
  { long: "connect-timeout", value: "fractional seconds", numeric: true, help: "Maximum time allowed for connection" },
  { long: "data", short: "d", value: "data", help: "HTTP POST data", common: true },
  { long: "data-ascii", value: "data", help: "HTTP POST ASCII data" },
  { long: "data-binary", value: "data", help: "HTTP POST binary data" },
  { long: "data-raw", value: "data", help: "HTTP POST data, '@' allowed" },
  { long: "data-urlencode", value: "data", help: "HTTP POST data URL encoded" },
  { long: "fail", short: "f", help: "Fail fast with no output on HTTP errors", common: true },
  { long: "fail-with-body", help: "Fail on HTTP errors but save the body" },
  { long: "get", short: "G", help: "Put the post data in the URL and use GET" },
  { long: "head", short: "I", help: "Show document info only" },
  { long: "header", short: "H", value: "header/@file", help: "Pass custom header(s) to server" },
  { long: "help", short: "h", help: "Get help for commands", common: true },
  { long: "http1.1", help: "Use HTTP 1.1" },
  { long: "http2", help: "Use HTTP 2" },
  { long: "include", short: "i", help: "Include protocol response headers in the output", common: true },
  { long: "insecure", short: "k", help: "Allow insecure server connections" },
  { long: "ipv4", short: "4", help: "Resolve names to IPv4 addresses" },
  { long: "json", value: "data", help: "HTTP POST JSON" },
  { long: "key", value: "key", help: "Private key file name" },
  { long: "location", short: "L", help: "Follow redirects" },
  { long: "max-redirs", value: "num", numeric: true, help: "Maximum number of redirects allowed" },
  {
    long: "max-time",
    short: "m",
    value: "fractional seconds",
    numeric: true,
    help: "Maximum time allowed for transfer",
  },
  { long: "no-buffer", short: "N", help: "Disable buffering of the output stream" },
  { long: "no-progress-meter", help: "Do not show the progress meter" },
  { long: "output", short: "o", value: "file", help: "Write to file instead of stdout", common: true },
  { long: "progress-bar", short: "#", help: "Display transfer progress as a bar" },
  { long: "remote-name", short: "O", help: "Write output to a file named as the remote file", common: true },
  { long: "request", short: "X", value: "method", help: "Specify request method to use" },
  { long: "resolve", value: "host:port:addr", help: "Resolve the host+port to this address" },
  { long: "show-error", short: "S", help: "Show error even when -s is used" },
  { long: "silent", short: "s", help: "Silent mode", common: true },
  { long: "url", value: "url", help: "URL to work with" },
  { long: "user", short: "u", value: "user:password", help: "Server user and password", common: true },
  { long: "user-agent", short: "A", value: "name", help: "Send User-Agent <name> to server", common: true },
  { long: "verbose", short: "v", help: "Make the operation more talkative", common: true },
  { long: "version", short: "V", help: "Show version number and quit", common: true },
  { long: "write-out", short: "w", value: "format", help: "Use output FORMAT after completion" },
];

const USAGE_HINT = "curl: try 'curl --help' or 'curl --manual' for more information";

/** A mistake on the command line; `message` is all of standard error. */
export class UsageError extends CurlError {
  constructor(complaint: string) {
    super(CODE.usage, `${complaint}\n${USAGE_HINT}\n`);
  }
}

/** An option of the real curl that this one lacks. */
export class NotSimulated extends CurlError {
  constructor(option: string) {
    super(1, `not simulated in this sandbox: curl ${option}\n`);
    this.name = "NotSimulated";
  }
}

/** Options that curl has and learners meet, but that nothing here would answer to. */
const NOT_SIMULATED: ReadonlySet<string> = new Set(
  (
    "aws-sigv4 capath ciphers config cookie cookie-jar crlfile doh-url form ftp-port globoff http0.9 http1.0 http3 " +
    "interface ipv6 keepalive-time limit-rate netrc noproxy oauth2-bearer parallel pass proxy range referer retry " +
    "retry-connrefused retry-delay socks5 tls-max tlsv1.2 tlsv1.3 trace trace-ascii unix-socket upload-file " +
    "C B F K T U Y Z b c e g n p q r x y z 0 1 2 3 6"
  ).split(" "),
);

/** A command line that has been read. */
export class CurlOptions {
  private readonly given: readonly { readonly name: string; readonly value: string }[];

  constructor(given: readonly { readonly name: string; readonly value: string }[]) {
    this.given = given;
  }

  has(name: string): boolean {
    return this.given.some((option) => option.name === name);
  }

  value(name: string): string | undefined {
    return this.given.findLast((option) => option.name === name)?.value;
  }

  values(name: string): string[] {
    return this.given.filter((option) => option.name === name).map((option) => option.value);
  }

  /** Seconds as milliseconds; 0 means without limit, as for curl. */
  milliseconds(name: string): number | undefined {
    const value = this.value(name);
    return value === undefined || Number(value) === 0 ? undefined : Number(value) * 1000;
  }

  /** Options of these names in the order given. */
  among(names: readonly string[]): readonly { readonly name: string; readonly value: string }[] {
    return this.given.filter(({ name }) => names.includes(name));
  }
}

/** Reads a command line as curl does: short switches may be joined, values may follow their letter at once. */
export function parseCurlOptions(args: readonly string[]): CurlOptions {
  const given: { name: string; value: string }[] = [];
  const take = (spec: OptionSpec, shown: string, value: string | undefined) => {
    if (value === undefined) throw new UsageError(`curl: option ${shown}: requires parameter`);
    if (spec.numeric && !/^\d+(\.\d*)?$/.test(value)) {
      throw new UsageError(`curl: option ${shown}: expected a proper numerical parameter`);
    }
    given.push({ name: spec.long, value });
  };
  let onlyUrls = false;
  for (let at = 0; at < args.length; at++) {
    const word = args[at] ?? "";
    if (onlyUrls || !word.startsWith("-") || word === "-") {
      given.push({ name: "url", value: word });
    } else if (word === "--") {
      onlyUrls = true;
    } else if (word.startsWith("--")) {
      const spec = longOption(word);
      if (spec.value === undefined) given.push({ name: spec.long, value: "" });
      else take(spec, word, args[++at]);
    } else at = shortOptions(word, args, at, given, take);
  }
  return new CurlOptions(given);
}

function longOption(word: string): OptionSpec {
  const name = word.slice(2);
  const exact = OPTIONS.find((spec) => spec.long === name);
  if (exact !== undefined) return exact;
  const matches = OPTIONS.filter((spec) => spec.long.startsWith(name));
  if (matches.length > 1) throw new UsageError(`curl: option ${word}: is ambiguous`);
  const only = matches[0];
  if (NOT_SIMULATED.has(name)) throw new NotSimulated(word);
  if (only === undefined) throw new UsageError(`curl: option ${word}: is unknown`);
  return only;
}

function shortOptions(
  word: string,
  args: readonly string[],
  at: number,
  given: { name: string; value: string }[],
  take: (spec: OptionSpec, shown: string, value: string | undefined) => void,
): number {
  for (let i = 1; i < word.length; i++) {
    const letter = word.charAt(i);
    const spec = OPTIONS.find((candidate) => candidate.short === letter);
    if (spec === undefined && NOT_SIMULATED.has(letter)) throw new NotSimulated(`-${letter}`);
    if (spec === undefined) throw new UsageError(`curl: option ${word}: is unknown`);
    if (spec.value === undefined) {
      given.push({ name: spec.long, value: "" });
      continue;
    }
    const joined = i + 1 < word.length;
    take(spec, word, joined ? word.slice(i + 1) : args[at + 1]);
    return joined ? at : at + 1;
  }
  return at;
}

/** `curl --help`: the common options, or all. */
export function helpText(all: boolean): string {
  const lines = OPTIONS.filter((spec) => all || spec.common).map((spec) => {
    const short = spec.short === undefined ? "    " : `-${spec.short}, `;
    const value = spec.value === undefined ? "" : ` <${spec.value}>`;
    return ` ${`${short}--${spec.long}${value}`.padEnd(26)} ${spec.help}\n`;
  });
  return `Usage: curl [options...] <url>\n${lines.join("")}`;
}
