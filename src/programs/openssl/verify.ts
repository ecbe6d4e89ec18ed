import type { Certificate } from "../../pki/certificate.ts";
import { type ChainAnswer, opensslVerify, VERIFY_TEXT, type VerifyCode } from "../../pki/openssl-chain.ts";
import type { Task } from "../../sim/task.ts";
import { loadCertificate, loadCertificates, loadTrusted } from "./load.ts";
import { nameText } from "./name-text.ts";
import { type OptionSpec, type Options, parseOptions } from "./options.ts";
import { Failure, type Run } from "./run.ts";

export const VERIFY_OPTIONS: readonly OptionSpec[] = [
  { name: "verbose", help: "Accepted, changes nothing" },
  { name: "CAfile", value: "infile", help: "Certificates to trust" },
  { name: "trusted", value: "infile", help: "Certificates to trust" },
  { name: "untrusted", value: "infile", help: "Intermediate certificates" },
  { name: "purpose", value: "purpose", help: "What the certificate shall be good for: sslserver, sslclient, any" },
  { name: "verify_hostname", value: "hostname", help: "Name that the certificate must be valid for" },
  { name: "verify_ip", value: "ipaddress", help: "Address that the certificate must be valid for" },
  { name: "attime", value: "intmax", kind: "number", help: "Judge at this moment, in seconds since 1970" },
  { name: "show_chain", help: "Print the chain that was built" },
  { name: "partial_chain", help: "Accepted, changes nothing" },
];

/** Problems after which `openssl verify` looks on, so that all dates and extensions are reported (apps/verify.c). */
const TOLERATED: ReadonlySet<VerifyCode> = new Set<VerifyCode>([10, 18, 25, 79]);

/** `openssl verify`: whether certificates lead to a trusted one. */
export function* verify(run: Run, args: readonly string[]): Task<number> {
  const options = parseOptions(run.name, args, VERIFY_OPTIONS);
  const purpose = options.value("purpose") ?? "any";
  if (purpose !== "sslserver" && purpose !== "sslclient" && purpose !== "any") {
    throw new Failure(`${run.name}: Invalid purpose ${purpose}\n`);
  }
  const trusted = [...loadTrusted(run, options.value("CAfile")), ...(yield* several(run, options, "trusted"))];
  const untrusted = yield* several(run, options, "untrusted");
  const files = options.rest.length > 0 ? options.rest : [undefined];
  let failed = false;
  for (const file of files) {
    try {
      const leaf = yield* loadCertificate(run, file, "certificate file");
      const answer = opensslVerify({
        leaf,
        trusted,
        untrusted,
        purpose,
        hostname: options.value("verify_ip") ?? options.value("verify_hostname"),
        nowMs: (options.number("attime") ?? Number.NaN) * 1000 || run.process.clock.now,
        goOn: (code) => TOLERATED.has(code),
      });
      failed = !(yield* report(run, file ?? "stdin", answer, options.has("show_chain"))) || failed;
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      yield* run.complain(error.complaint);
      failed = true;
    }
  }
  return failed ? 2 : 0;
}

function* several(run: Run, options: Options, name: string): Task<Certificate[]> {
  const all: Certificate[] = [];
  for (const path of options.values(name)) all.push(...(yield* loadCertificates(run, path, `${name} certificates`)));
  return all;
}

function* report(
  run: Run,
  file: string,
  { chain, untrustedCount, problems }: ChainAnswer,
  showChain: boolean,
): Task<boolean> {
  for (const { code, depth, certificate } of problems) {
    const text = `error ${code} at ${depth} depth lookup: ${VERIFY_TEXT[code]}\n`;
    yield* run.complain(`${nameText(certificate.subject)}\n${text}`);
  }
  if (problems.length > 0) {
    yield* run.complain(`error ${file}: verification failed\n`);
    return false;
  }
  yield* run.print(`${file}: OK\n`);
  if (showChain) {
    const lines = chain.map(
      ({ subject }, depth) => `depth=${depth}: ${nameText(subject)}${depth < untrustedCount ? " (untrusted)" : ""}\n`,
    );
    yield* run.print(`Chain:\n${lines.join("")}`);
  }
  return true;
}
