import { base64, fromBase64, hex, text } from "../../base/bytes.ts";
import type { Task } from "../../sim/task.ts";
import { FsError } from "../../vfs/file-system.ts";
import { DIGESTS } from "./digest.ts";
import { type OptionSpec, parseNumber, parseOptions, usage } from "./options.ts";
import { errnoCode, Failure, type Run } from "./run.ts";

export const DGST_OPTIONS: readonly OptionSpec[] = [
  { name: "hex", help: "Print hexadecimal digits (default)" },
  { name: "r", help: "Print as sha256sum does" },
  { name: "c", help: "Put colons between the octets" },
  { name: "binary", help: "Write the digest's octets" },
  { name: "out", value: "outfile", help: "File to write to (default: standard output)" },
];

/** `openssl dgst -sha256 [file ...]`, and `openssl sha256`. */
export function* dgst(run: Run, args: readonly string[]): Task<number> {
  const options = parseOptions(run.name, args, DGST_OPTIONS, (name) => name in DIGESTS);
  const chosen = options.value("md") ?? (run.name in DIGESTS ? run.name : undefined);
  const digest = DIGESTS[chosen ?? "sha256"];
  if (digest === undefined) throw usage(run.name);
  const title = chosen === undefined ? "SHA256" : digest.title;
  let failed = false;
  const files = options.rest.length > 0 ? options.rest : [undefined];
  for (const file of files) {
    const data = yield* readOrComplain(run, file);
    if (data === undefined) {
      failed = true;
      continue;
    }
    const hash = digest.hash(data);
    if (options.has("binary")) yield* run.write(options.value("out"), hash);
    else {
      const digits = options.has("c") ? (hex(hash).match(/../g) ?? []).join(":") : hex(hash);
      const name = file ?? "stdin";
      const line = options.has("r") ? `${digits} *${name}\n` : `${title}(${name})= ${digits}\n`;
      yield* run.write(options.value("out"), line);
    }
  }
  return failed ? 1 : 0;
}

function* readOrComplain(run: Run, file: string | undefined): Task<Uint8Array | undefined> {
  try {
    return yield* run.read(file);
  } catch (error) {
    if (!(error instanceof FsError)) throw error;
    const queue = run.queue(
      `${errnoCode(error)}:system library:file_ctrl:${error.message}:../crypto/bio/bss_file.c:308:calling fopen(${file}, r)`,
      "10080002:BIO routines:file_ctrl:system lib:../crypto/bio/bss_file.c:311:",
    );
    yield* run.complain(`${file}: ${error.message}\n${queue}`);
    return undefined;
  }
}

export const ENC_OPTIONS: readonly OptionSpec[] = [
  { name: "base64", help: "Base64" },
  { name: "a", help: "Base64" },
  { name: "A", help: "Base64 on a single line" },
  { name: "e", help: "Encode" },
  { name: "d", help: "Decode" },
  { name: "in", value: "infile", help: "File to read (default: standard input)" },
  { name: "out", value: "outfile", help: "File to write to (default: standard output)" },
];

const BASE64_LINE = 64;

/** `openssl enc -base64` and `openssl base64`; ciphers are not simulated. */
export function* enc(run: Run, args: readonly string[]): Task<number> {
  const cipher = args.find((arg) => /^-(aes|des|camellia|chacha|aria|sm4|rc|bf|cast|seed)/.test(arg));
  if (cipher !== undefined) throw new Failure(`not simulated in this sandbox: the cipher ${cipher.slice(1)}\n`);
  const options = parseOptions(run.name, args, ENC_OPTIONS);
  const data = yield* readOrComplain(run, options.value("in"));
  if (data === undefined) return 1;
  const base = run.name === "base64" || options.has("base64") || options.has("a");
  if (!base) {
    yield* run.write(options.value("out"), data);
  } else if (options.has("d")) {
    const decoded = fromBase64(text(data).replace(/\s/g, ""));
    yield* run.write(options.value("out"), "bytes" in decoded ? decoded.bytes : "");
  } else {
    const digits = base64(data);
    yield* run.write(options.value("out"), options.has("A") ? digits : wrapped(digits));
  }
  return 0;
}

function wrapped(digits: string): string {
  let result = "";
  for (let i = 0; i < digits.length; i += BASE64_LINE) result += `${digits.slice(i, i + BASE64_LINE)}\n`;
  return result;
}

export const RAND_OPTIONS: readonly OptionSpec[] = [
  { name: "hex", help: "Print hexadecimal digits" },
  { name: "base64", help: "Print base64" },
  { name: "out", value: "outfile", help: "File to write to (default: standard output)" },
];

const RANDOM_BYTES_MAX = 1 << 24;

/** `openssl rand [-hex] N`. */
export function* rand(run: Run, args: readonly string[]): Task<number> {
  const options = parseOptions(run.name, args, RAND_OPTIONS);
  const [word = "0", ...more] = options.rest;
  const count = parseNumber(word);
  if (count === undefined || count < 0) throw usage(run.name, `Can't parse "${word}" as a number`);
  if (more.length > 0) throw usage(run.name, `Extra option: "${more[0]}"`);
  if (count > RANDOM_BYTES_MAX) throw new Failure("not simulated in this sandbox: that many random bytes\n");
  const bytes = run.process.random.bytes(count);
  const content = options.has("hex") ? `${hex(bytes)}\n` : options.has("base64") ? wrapped(base64(bytes)) : bytes;
  yield* run.write(options.value("out"), content);
  return 0;
}
