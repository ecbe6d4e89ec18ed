import { BrokenPipe, writeText } from "../../machine/file-descriptor.ts";
import type { Process, Program } from "../../machine/process.ts";
import { runAtMost, type Task } from "../../sim/task.ts";
import { type Dialling, tracer } from "./connection.ts";
import { CODE, CurlError } from "./curl-error.ts";
import { type Facts, newFacts, writeOut } from "./facts.ts";
import { collectData } from "./message.ts";
import { meterRow, meterStart } from "./meter.ts";
import { type CurlOptions, helpText, NotSimulated, parseCurlOptions, UsageError } from "./options.ts";
import { Output } from "./output.ts";
import { transfer } from "./transfer.ts";
import { hideData, showData } from "./verbose.ts";

const VERSION = `curl 7.88.1 (x86_64-pc-linux-gnu) libcurl/7.88.1 OpenSSL/3.0.22
Release-Date: 2023-02-20
Protocols: http https
Features: HTTP2 IPv6 SSL
`;

const MORE_ABOUT_CERTIFICATES = `More details here: https://curl.se/docs/sslcerts.html

curl failed to verify the legitimacy of the server and therefore could not
establish a secure connection to it. To learn more about this situation and
how to fix it, please visit the web page mentioned above.
`;

/** The curl program: http and https transfers, as Debian's curl 7.88. */
export const curl: Program = function* (process: Process): Task<number> {
  process.onSignal("SIGPIPE", "ignore");
  try {
    const options = parseCurlOptions(process.argv.slice(1));
    if (options.has("help")) {
      yield* writeText(process.stdout, helpText(process.argv.includes("all")));
      return 0;
    }
    if (options.has("version")) {
      yield* writeText(process.stdout, VERSION);
      return 0;
    }
    return yield* transferAll(process, options);
  } catch (error) {
    if (error instanceof UsageError || error instanceof NotSimulated) {
      yield* writeText(process.stderr, error.message);
      return error.code;
    }
    if (error instanceof CurlError) {
      yield* writeText(process.stderr, `curl: (${error.code}) ${error.message}\n`);
      return error.code;
    }
    throw error;
  }
};

function* transferAll(process: Process, options: CurlOptions): Task<number> {
  const urls = options.values("url");
  if (urls.length === 0) throw new UsageError("curl: no URL specified!");
  const data = yield* collectData(process, options);
  const files = options.among(["output", "remote-name"]);
  let exitCode = 0;
  for (const [index, url] of urls.entries()) {
    const target = files[index];
    const file = target?.name === "remote-name" ? remoteName(url) : target?.value;
    exitCode = yield* transferOne(process, options, { url, file, data });
  }
  return exitCode;
}

/** The last part of a URL's path; none is an error, as there is nothing to call the file. */
function remoteName(url: string): string {
  const path = url.replace(/[?#].*$/, "").replace(/^[a-z]+:\/\//i, "");
  const name = path.includes("/") ? (path.split("/").pop() ?? "") : "";
  if (name === "") throw new CurlError(CODE.writeFailed, "Failed writing received data to disk/application");
  return name;
}

interface Job {
  readonly url: string;
  readonly file: string | undefined;
  readonly data: Uint8Array | undefined;
}

function* transferOne(process: Process, options: CurlOptions, job: Job): Task<number> {
  const output = new Output(process, job.file);
  const facts = newFacts(job.url, process.clock.uptime);
  facts.fileName = job.file ?? "";
  const quiet = options.has("silent") || options.has("no-progress-meter") || options.has("progress-bar");
  const meter = !quiet && !output.toTerminal;
  if (meter) yield* writeText(process.stderr, meterStart());
  const dialling: Dialling = {
    process,
    options,
    facts,
    trace: tracer(process, options.has("verbose")),
    data: output.toTerminal ? hideData : showData,
  };
  const problem = yield* attempt(dialling, job, output);
  if (meter) yield* writeText(process.stderr, `${finalRow(facts, process.clock.uptime)}\n`);
  if (problem !== undefined) yield* complain(process, options, problem);
  yield* report(process, options, facts, problem);
  return problem?.code ?? 0;
}

function* attempt(dialling: Dialling, job: Job, output: Output): Task<CurlError | undefined> {
  const { process, options, facts } = dialling;
  const limit = options.milliseconds("max-time");
  try {
    const body = transfer(dialling, job.url, job.data, output);
    const race = yield* runAtMost(process.clock, body, limit === undefined ? undefined : limit + 1);
    if (race.status === "timeout") return new CurlError(CODE.timedOut, timeoutText(facts, limit ?? 0));
    return undefined;
  } catch (error) {
    if (error instanceof CurlError) return error;
    throw error;
  }
}

function timeoutText(facts: Facts, limitMs: number): string {
  const after = `after ${Math.floor(limitMs) + 1} milliseconds`;
  if (facts.phase === "connecting") return `Connection timed out ${after}`;
  const outOf = facts.total === undefined ? "" : ` out of ${facts.total}`;
  return `Operation timed out ${after} with ${facts.received}${outOf} bytes received`;
}

function finalRow(facts: Facts, now: number): string {
  const { received, total, sent, startedAt } = facts;
  return meterRow({ received, total, sent, elapsedMs: now - startedAt });
}

function* complain(process: Process, options: CurlOptions, problem: CurlError): Task<void> {
  if (options.has("silent") && !options.has("show-error")) return;
  yield* writeText(process.stderr, `curl: (${problem.code}) ${problem.message}\n`);
  if (problem.code === CODE.badServerCertificate) yield* writeText(process.stderr, MORE_ABOUT_CERTIFICATES);
}

function* report(process: Process, options: CurlOptions, facts: Facts, problem: CurlError | undefined): Task<void> {
  const format = options.value("write-out");
  if (format === undefined) return;
  const end = { at: process.clock.uptime, exitCode: problem?.code ?? 0, message: problem?.message ?? "" };
  const { text, complaint } = writeOut(format, facts, end);
  yield* writeText(process.stderr, complaint);
  try {
    yield* writeText(process.stdout, text);
  } catch (error) {
    if (!(error instanceof BrokenPipe)) throw error; // nobody reads the report
  }
}
