import { expect, test } from "vitest";
import { concat, text } from "../../../../src/base/bytes.ts";
import { nullDescriptor, sinkDescriptor } from "../../../../src/machine/descriptor.ts";
import { API_PORT, KubectlServer } from "../../../support/kubectl-server.ts";

test("get -w prints what is there, then every change, until it is interrupted", () => {
  const server = new KubectlServer();
  server.kubectl(["create", "cm", "first", "--from-literal=a=b"]);
  const out: Uint8Array[] = [];
  const watching = server.machine.start({
    argv: ["kubectl", "--server", `http://127.0.0.1:${API_PORT}`, "get", "cm", "-w", "--output-watch-events"],
    env: { HOME: "/root", PATH: "/usr/bin" },
    stdin: nullDescriptor(),
    stdout: sinkDescriptor((data) => out.push(data)),
    stderr: sinkDescriptor((data) => out.push(data)),
  });
  server.advance(1000);
  server.kubectl(["create", "cm", "second-with-a-long-name", "--from-literal=a=b"]);
  server.kubectl(["delete", "cm", "first"]);
  server.advance(1000);
  expect(watching.hasEnded).toBe(false);
  watching.signal("SIGINT");
  server.advance(1000);
  expect(watching.hasEnded).toBe(true);
  expect(text(concat(out)).replace(/\d+s\n/g, "<AGE>\n")).toBe(
    [
      "EVENT   NAME    DATA   AGE",
      "ADDED   first   1      <AGE>",
      "ADDED   second-with-a-long-name   1      <AGE>",
      "DELETED   first                     1      <AGE>",
      "",
    ].join("\n"),
  );
});
