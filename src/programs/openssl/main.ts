import type { Process, Program } from "../../machine/process.ts";
import type { Task } from "../../sim/task.ts";
import { ASN1PARSE_OPTIONS, asn1parse } from "./asn1parse.ts";
import { DGST_OPTIONS, dgst, ENC_OPTIONS, enc, RAND_OPTIONS, rand } from "./data-commands.ts";
import { DIGESTS } from "./digest.ts";
import {
  ECPARAM_OPTIONS,
  ecparam,
  GENPKEY_OPTIONS,
  GENRSA_OPTIONS,
  genpkey,
  genrsa,
  PKEY_OPTIONS,
  showKey,
} from "./key-commands.ts";
import { HelpWanted, helpText, type OptionSpec } from "./options.ts";
import { REQ_OPTIONS, req } from "./req.ts";
import { Failure, Run } from "./run.ts";
import { S_CLIENT_OPTIONS, sClient } from "./s-client.ts";
import { VERIFY_OPTIONS, verify } from "./verify.ts";
import { version } from "./version.ts";
import { x509 } from "./x509.ts";
import { X509_OPTIONS } from "./x509-options.ts";

interface Command {
  readonly run: (run: Run, args: readonly string[]) => Task<number>;
  readonly options: readonly OptionSpec[];
  readonly parameters?: string;
}

const digestCommand: Command = { run: dgst, options: DGST_OPTIONS, parameters: " [file...]" };

/** The commands of openssl(1) that a keeper of certificates needs; the others are known by name only. */
const COMMANDS: ReadonlyMap<string, Command> = new Map<string, Command>([
  ["asn1parse", { run: asn1parse, options: ASN1PARSE_OPTIONS }],
  ["base64", { run: enc, options: ENC_OPTIONS }],
  ["dgst", digestCommand],
  ["ec", { run: showKey, options: PKEY_OPTIONS }],
  ["ecparam", { run: ecparam, options: ECPARAM_OPTIONS }],
  ["enc", { run: enc, options: ENC_OPTIONS }],
  ["genpkey", { run: genpkey, options: GENPKEY_OPTIONS }],
  ["genrsa", { run: genrsa, options: GENRSA_OPTIONS, parameters: " [numbits]" }],
  ["pkey", { run: showKey, options: PKEY_OPTIONS }],
  ["rand", { run: rand, options: RAND_OPTIONS, parameters: " num" }],
  ["req", { run: req, options: REQ_OPTIONS }],
  ["rsa", { run: showKey, options: PKEY_OPTIONS }],
  ["s_client", { run: sClient, options: S_CLIENT_OPTIONS, parameters: " [host:port]" }],
  ["verify", { run: verify, options: VERIFY_OPTIONS, parameters: " [cert...]" }],
  ["version", { run: version, options: [] }],
  ["x509", { run: x509, options: X509_OPTIONS }],
  ...Object.keys(DIGESTS).map((name) => [name, digestCommand] as const),
]);

const KNOWN_BY_NAME =
  "ca ciphers cmp cms crl crl2pkcs7 dhparam dsa dsaparam engine errstr fipsinstall gendsa info kdf list mac nseq ocsp passwd pkcs12 pkcs7 pkcs8 pkeyparam pkeyutl prime rehash rsautl s_server s_time sess_id smime speed spkac srp storeutl ts".split(
    " ",
  );

/** The openssl program, as Debian's OpenSSL 3.0. */
export const openssl: Program = function* (process: Process): Task<number> {
  const [, name = "help", ...args] = process.argv;
  const run = new Run(process, name);
  if (name === "help" || name === "--help" || name === "-help") return yield* help(run, args);
  const command = COMMANDS.get(name);
  if (command === undefined) return yield* unknown(run);
  try {
    return yield* command.run(run, args);
  } catch (error) {
    if (error instanceof Failure) {
      yield* run.complain(error.complaint);
      return error.exitCode;
    }
    if (!(error instanceof HelpWanted)) throw error;
    yield* run.complain(helpText(name, command.options, command.parameters));
    return 0;
  }
};

function* unknown(run: Run): Task<number> {
  if (KNOWN_BY_NAME.includes(run.name)) {
    yield* run.complain(`not simulated in this sandbox: openssl ${run.name}\n`);
    return 1;
  }
  yield* run.complain(`Invalid command '${run.name}'; type "help" for a list.\n`);
  return 1;
}

function* help(run: Run, args: readonly string[]): Task<number> {
  const command = COMMANDS.get(args[0] ?? "");
  if (command !== undefined && args[0] !== undefined) {
    yield* run.complain(helpText(args[0], command.options, command.parameters));
    return 0;
  }
  const names = [...COMMANDS.keys()].filter((name) => !(name in DIGESTS));
  yield* run.complain(
    `help:\n\nStandard commands\n${columns(names)}\nMessage Digest commands (see the \`dgst' command for more details)\n` +
      `${columns(Object.keys(DIGESTS))}\n`,
  );
  return 0;
}

function columns(names: readonly string[]): string {
  let result = "";
  names.forEach((name, index) => {
    result += name.padEnd(18) + (index % 4 === 3 || index === names.length - 1 ? "\n" : "");
  });
  return result;
}
