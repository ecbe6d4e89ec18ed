import { describe, expect, test } from "vitest";
import { isConnect, readRequest } from "../../../../src/ui/frame/request.ts";

const ask = (method: string, ...args: unknown[]) => readRequest({ id: 1, method, args });

describe("a request is obeyed with all of its arguments", () => {
  test.each([
    ["run", ["ls"]],
    ["type", ["\x1b[A"]],
    ["goto", ["look"]],
    ["goto", [2]],
    ["checkpoint", ["one"]],
    ["restore", ["#3"]],
    ["diff", ["start", "now"]],
    ["setState", [new Uint8Array(3)]],
    ["undo", []],
  ])("%s %j", (method, args) => {
    expect(ask(method, ...args)).toEqual({ id: 1, method, args });
  });

  test("places that are not said stay unsaid", () => {
    expect(ask("diff", "start")).toEqual({ id: 1, method: "diff", args: ["start", undefined] });
    expect(ask("diff")).toEqual({ id: 1, method: "diff", args: [undefined, undefined] });
  });
});

describe("what is no request is refused in words", () => {
  test.each([
    ["eval", ["1"]],
    ["constructor", []],
    ["run", []],
    ["run", [7]],
    ["run", ["ls", "pwd"]],
    ["run", ["x".repeat(70_000)]],
    ["undo", [1]],
    ["goto", [0]],
    ["goto", [1.5]],
    ["diff", [3]],
    ["diff", ["a", "b", "c"]],
    ["checkpoint", [""]],
    ["setState", ["octets"]],
  ])("%s %j", (method, args) => {
    expect(ask(method, ...args)).toEqual({ id: 1, error: expect.stringMatching(/.{10}/) });
  });

  test.each([null, 17, "run", [], {}, { id: 0, method: "undo", args: [] }, { id: 1, method: "undo" }])(
    "%j",
    (message) => {
      expect(readRequest(message)).toMatchObject({ error: expect.stringContaining("no request") });
    },
  );

  test("a message of a window that is no connection", () => {
    expect(isConnect({ etcdSandbox: 1, connect: true })).toBe(true);
    for (const other of [null, { etcdSandbox: 2, connect: true }, { etcdSandbox: 1 }, "connect"])
      expect(isConnect(other)).toBe(false);
  });
});
