import { expect, test } from "vitest";
import { readTable } from "../../../src/ui/accessible/text-table.ts";

test("a table of kubectl get is taken apart", () => {
  const text = [
    "NAME                    READY   STATUS             RESTARTS      AGE",
    "nginx-6d6bcd96f-2kqhf   1/1     Running            1 (5d ago)    5d",
    "standalone              0/1     CrashLoopBackOff   12            5d",
  ].join("\n");
  expect(readTable(text)).toEqual({
    head: ["NAME", "READY", "STATUS", "RESTARTS", "AGE"],
    rows: [
      ["nginx-6d6bcd96f-2kqhf", "1/1", "Running", "1 (5d ago)", "5d"],
      ["standalone", "0/1", "CrashLoopBackOff", "12", "5d"],
    ],
  });
});

test("names of two words and empty last cells", () => {
  const text = "NAME   NOMINATED NODE   READINESS GATES\na      <none>           <none>\nb      <none>";
  expect(readTable(text)?.head).toEqual(["NAME", "NOMINATED NODE", "READINESS GATES"]);
  expect(readTable(text)?.rows[1]).toEqual(["b", "<none>", ""]);
});

test("anything else is no table", () => {
  for (const text of ["", "NAME", "NAME  AGE", "hello  world\nfoo", "ERROR  NO\nthis is a sentence that runs on"]) {
    expect(readTable(text)).toBeUndefined();
  }
});
