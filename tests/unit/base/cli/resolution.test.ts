import { describe, expect, test } from "vitest";
import { exactArgs, noArgs } from "../../../../src/base/cli/args-rule.ts";
import type { Command, CommandLine } from "../../../../src/base/cli/command.ts";
import { helpCommand } from "../../../../src/base/cli/command.ts";
import { COMPLETION, type Completion, completionOutput, planCompletion } from "../../../../src/base/cli/completion.ts";
import { resolve } from "../../../../src/base/cli/resolution.ts";
import { stockHelp } from "../../../../src/base/cli/usage.ts";

interface Tool {
  readonly context: string;
  readonly run: string;
  readonly complete: Completion;
}

const root: Command<Tool> = {
  name: "tool",
  short: "A tool",
  flags: [
    { name: "endpoints", type: "stringSlice", persistent: true, default: ["a:1"], usage: "gRPC endpoints" },
    {
      name: "write-out",
      shorthand: "w",
      type: "string",
      persistent: true,
      usage: "format",
      values: ["json", "simple"],
    },
  ],
  commands: [
    { name: "get", use: "<key>", short: "Gets a key", args: exactArgs(1), run: (_c, parsed) => parsed.args.join() },
    { name: "put", short: "Puts a key", run: () => "put" },
    { name: "del", aliases: ["rm"], short: "Removes a key", run: () => "del" },
    {
      name: "member",
      short: "Members",
      commands: [
        {
          name: "add",
          short: "Adds",
          flags: [{ name: "urls", type: "string", required: true, usage: "its `URLs`" }],
          run: () => "add",
        },
        { name: "list", short: "Lists", args: noArgs, run: () => "list" },
      ],
    },
    {
      name: "use",
      short: "Uses",
      run: () => "use",
      complete: (_context, _parsed, word) => ({ offers: [`${word}x`], directive: COMPLETION.noSpace }),
    },
    helpCommand(),
  ],
};
const line: CommandLine<Tool> = { root, prefixMatching: true };

function ask(...words: string[]): string {
  const found = resolve(line, words);
  if (found.kind === "run") return `run ${found.path.map((one) => one.name).join(" ")}: ${found.run("", found.parsed)}`;
  if (found.kind === "help") return `help ${found.path.map((one) => one.name).join(" ")}`;
  return `${found.reason}: ${found.message}`;
}

describe("commands are found as cobra finds them", () => {
  test.each([
    [["get", "a"], "run tool get: a"],
    [["--endpoints", "get", "get", "a"], "run tool get: a"],
    [["-w", "json", "get", "a"], "run tool get: a"],
    [["ge", "a"], "run tool get: a"],
    [["rm"], "run tool del: del"],
    [["member", "list"], "run tool member list: list"],
    [["member", "lst"], "help tool member"],
    [[], "help tool"],
    [["get", "--help"], "help tool get"],
    [["get", "-h", "x"], "help tool get"],
    [["help", "member", "add"], "help tool member add"],
    [["help", "nosuch"], "help-topic: Unknown help topic [`nosuch`]"],
    [["zzzzzz"], 'command: unknown command "zzzzzz" for "tool"'],
    [["GET"], 'command: unknown command "GET" for "tool"\n\nDid you mean this?\n\tget\n\tput\n\tdel\n'],
    [["get"], "args: accepts 1 arg(s), received 0"],
    [["get", "--nosuch"], "flag: unknown flag: --nosuch"],
    [["member", "list", "x"], 'args: unknown command "x" for "tool member list"'],
    [["member", "add"], 'required: required flag(s) "urls" not set'],
  ])("%j", (words, text) => {
    expect(ask(...words)).toBe(text);
  });
});

function complete(...words: string[]): string {
  const plan = planCompletion(line, words);
  const completion = plan.kind === "ready" ? plan.completion : plan.ask("", plan.parsed, plan.word);
  return completionOutput(completion, false).replaceAll("\n", " ").trim();
}

describe("the same table completes", () => {
  test.each([
    [[""], "del get help member put use :4"],
    [["m"], "member :4"],
    [["member", ""], "add list :4"],
    [["member", "add", ""], "--urls :4"],
    [["get", "--w"], "--write-out --write-out= :4"],
    [["get", "-w", ""], "json simple :4"],
    [["get", "--write-out=j"], "json :4"],
    [["use", "k"], "kx :2"],
    [["get", ""], ":0"],
  ])("%j", (words, text) => {
    expect(complete(...words)).toBe(text);
  });
});

test("help comes from the same table, in cobra's layout", () => {
  const member = root.commands?.[3];
  const add = member?.commands?.[0];
  if (member === undefined || add === undefined) throw new Error("table changed");
  expect(stockHelp(line, [root, member, add])).toBe(`Adds

Usage:
  tool member add [flags]

Flags:
  -h, --help        help for add
      --urls URLs   its URLs

Global Flags:
      --endpoints strings   gRPC endpoints (default [a:1])
  -w, --write-out string    format
`);
});
