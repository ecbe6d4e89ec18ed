import { md5, sha1 } from "@noble/hashes/legacy.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { base64 as encodeBase64, fromBase64, hex, text, utf8 } from "../../base/bytes.ts";
import { writeText } from "../../machine/file-descriptor.ts";
import type { Program } from "../../machine/process.ts";
import type { Task } from "../../sim/task.ts";
import { complain, eachInput, readInput, utility } from "./utility.ts";

/** Lines of so many characters. */
function wrapped(text: string, width: number): string {
  const lines: string[] = [];
  for (let at = 0; at < text.length; at += width) lines.push(text.slice(at, at + width));
  return lines.join("\n");
}

/** base64: encodes or decodes. */
export const base64 = utility({
  name: "base64",
  usage: "[OPTION]... [FILE]",
  summary: "Encode or decode base64.",
  options: [
    { short: "d", long: "decode", help: "decode" },
    { short: "w", long: "wrap", value: "required", help: "line length, 0 for one line (76 by default)" },
    { short: "i", long: "ignore-garbage", help: "when decoding, leave out other characters" },
    { short: "D" },
  ],
  *run(process, options, operands) {
    let code = 0;
    const opened = yield* eachInput(process, "base64", operands.slice(0, 1), function* (input) {
      const bytes = yield* readInput(input);
      if (!options.has("decode") && !options.has("D")) {
        const width = Number(options.value("wrap") ?? 76);
        const encoded = encodeBase64(bytes);
        const lines = width === 0 ? encoded : wrapped(encoded, width);
        yield* writeText(process.stdout, width === 0 ? lines : encoded === "" ? "" : `${lines}\n`);
        return;
      }
      const body = options.has("ignore-garbage")
        ? text(bytes).replace(/[^A-Za-z0-9+/=]/g, "")
        : text(bytes).replace(/\s/g, "");
      const decoded = fromBase64(body);
      if ("bytes" in decoded) return yield* process.stdout.write(decoded.bytes);
      const good = fromBase64(body.slice(0, decoded.illegalAt - (decoded.illegalAt % 4)));
      if ("bytes" in good) yield* process.stdout.write(good.bytes);
      yield* complain(process, "base64", "invalid input");
      code = 1;
    });
    return Math.max(code, opened);
  },
});

/** xxd: bytes in hexadecimal, and back. */
export const xxd = utility({
  name: "xxd",
  usage: "[OPTION]... [FILE [OUTPUT]]",
  summary: "Show bytes in hexadecimal.",
  writeError: (reason) => reason,
  writeErrorExitCode: 3,
  options: [
    { short: "p", help: "plain: only digits" },
    { short: "r", help: "back from hexadecimal to bytes" },
    { short: "l", value: "required", help: "stop after this many bytes" },
    { short: "s", value: "required", help: "begin after this many bytes" },
    { short: "c", value: "required", help: "bytes a line" },
    { short: "g", value: "required", help: "bytes a group" },
    { short: "u", help: "upper case" },
  ],
  *run(process, options, operands) {
    const output = operands[1];
    const write = function* (bytes: Uint8Array): Task<void> {
      if (output === undefined) yield* process.stdout.write(bytes);
      else process.fs.writeFile(output, bytes);
    };
    return yield* eachInput(process, "xxd", operands.slice(0, 1), function* (input) {
      const whole = yield* readInput(input);
      if (options.has("r")) return yield* write(fromHexDump(text(whole), options.has("p")));
      const start = Number(options.value("s") ?? 0);
      const bytes = whole.subarray(start, start + Number(options.value("l") ?? whole.length));
      const perLine = Number(options.value("c") ?? (options.has("p") ? 30 : 16));
      const group = Number(options.value("g") ?? 2);
      let out = "";
      for (let at = 0; at < bytes.length; at += perLine)
        out += hexLine(bytes.subarray(at, at + perLine), start + at, perLine, group, options.has("p"));
      yield* write(utf8(options.has("u") ? out.toUpperCase() : out));
    });
  },
});

/** hexdump: bytes in hexadecimal, as `-C` shows them. */
export const hexdump = utility({
  name: "hexdump",
  usage: "-C [OPTION]... [FILE]",
  summary: "Show bytes in hexadecimal and as characters.",
  options: [
    { short: "C", long: "canonical", help: "hexadecimal and characters" },
    { short: "n", long: "length", value: "required", help: "stop after this many bytes" },
    { short: "s", long: "skip", value: "required", help: "begin after this many bytes" },
    { short: "v", long: "no-squeezing", help: "show lines that are like the one before, too" },
  ],
  *run(process, options, operands) {
    if (!options.has("canonical")) {
      yield* complain(process, "hexdump", "not simulated in this sandbox: formats other than -C");
      return 1;
    }
    return yield* eachInput(process, "hexdump", operands.slice(0, 1), function* (input) {
      const start = Number(options.value("skip") ?? 0);
      const whole = yield* readInput(input);
      const end = start + Number(options.value("length") ?? whole.length);
      yield* writeText(process.stdout, canonicalDump(whole.subarray(start, end), start, options.has("no-squeezing")));
    });
  },
});

function canonicalDump(bytes: Uint8Array, start: number, everyLine: boolean): string {
  let out = "";
  let before = "";
  for (let at = 0; at < bytes.length; at += 16) {
    const part = bytes.subarray(at, at + 16);
    const digits = Array.from({ length: 16 }, (_, index) => part[index]?.toString(16).padStart(2, "0") ?? "  ");
    const line = `${digits.slice(0, 8).join(" ")}  ${digits.slice(8).join(" ")}  |${printable(part)}|`;
    const again = line === before && part.length === 16 && !everyLine;
    if (!again) out += `${(start + at).toString(16).padStart(8, "0")}  ${line}\n`;
    else if (!out.endsWith("*\n")) out += "*\n";
    before = line;
  }
  return bytes.length === 0 ? "" : `${out}${(start + bytes.length).toString(16).padStart(8, "0")}\n`;
}

function printable(bytes: Uint8Array): string {
  return [...bytes].map((byte) => (byte >= 32 && byte < 127 ? String.fromCharCode(byte) : ".")).join("");
}

function hexLine(bytes: Uint8Array, offset: number, perLine: number, group: number, plain: boolean): string {
  if (plain) return `${hex(bytes)}\n`;
  let digits = "";
  for (let at = 0; at < perLine; at++) {
    digits += at < bytes.length ? (bytes[at] ?? 0).toString(16).padStart(2, "0") : "  ";
    if (group > 0 && (at + 1) % group === 0) digits += " ";
  }
  return `${offset.toString(16).padStart(8, "0")}: ${digits} ${printable(bytes)}\n`;
}

function fromHexDump(dump: string, plain: boolean): Uint8Array {
  const digits = plain
    ? dump.replace(/\s/g, "")
    : dump
        .split("\n")
        .map(
          (line) =>
            line
              .replace(/^[0-9a-fA-F]+: /, "")
              .split("  ")[0]
              ?.replace(/\s/g, "") ?? "",
        )
        .join("");
  return Uint8Array.from(digits.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

function checksum(name: string, digest: (bytes: Uint8Array) => Uint8Array): Program {
  return utility({
    name,
    usage: "[OPTION]... [FILE]...",
    summary: "Show or check checksums.",
    writeError: () => "write error",
    options: [
      { short: "c", long: "check", help: "check the sums listed in the files" },
      { short: "b" },
      { short: "t" },
      { long: "quiet" },
    ],
    *run(process, options, operands) {
      let failed = 0;
      const code = yield* eachInput(process, name, operands, function* (input) {
        const bytes = yield* readInput(input);
        if (!options.has("check")) return yield* writeText(process.stdout, `${hex(digest(bytes))}  ${input.label}\n`);
        for (const line of text(bytes)
          .split("\n")
          .filter((each) => each !== "")) {
          const [sum = "", file = ""] = line.split(/ [ *]/);
          const ok = process.fs.exists(file) && hex(digest(process.fs.readFile(file))) === sum;
          if (!ok) failed++;
          yield* writeText(process.stdout, `${file}: ${ok ? "OK" : "FAILED"}\n`);
        }
      });
      if (failed > 0)
        yield* complain(process, name, `WARNING: ${failed} computed checksum${failed > 1 ? "s" : ""} did NOT match`);
      return failed > 0 ? 1 : code;
    },
  });
}

export const md5sum = checksum("md5sum", md5);
export const sha1sum = checksum("sha1sum", sha1);
export const sha256sum = checksum("sha256sum", sha256);
