import { expect, test } from "vitest";
import { humanBytes } from "../../../src/base/byte-size.ts";
import { drawBoxes, drawTable } from "../../../src/base/tablewriter.ts";

test("a table as etcdctl 3.6 draws it, with a text that is too wide", () => {
  const header = ["endpoint", "db size", "is leader", "errors"];
  const row = ["127.0.0.1:2379", "1.0 MB", "true", "memberID:13195394291058371180 alarm:NOSPACE "];
  expect(drawTable(header, [row])).toBe(`+----------------+---------+-----------+--------------------------------+
|    ENDPOINT    | DB SIZE | IS LEADER |             ERRORS             |
+----------------+---------+-----------+--------------------------------+
| 127.0.0.1:2379 |  1.0 MB |      true |  memberID:13195394291058371180 |
|                |         |           |                 alarm:NOSPACE  |
+----------------+---------+-----------+--------------------------------+
`);
});

test("a word that is too wide alone stays whole; headers are centred", () => {
  const url = "https://a-rather-long-name.example.org:2379";
  expect(drawTable(["id", "status"], [[url, ""]])).toBe(`+---------------------------------------------+--------+
|                     ID                      | STATUS |
+---------------------------------------------+--------+
| ${url} |        |
+---------------------------------------------+--------+
`);
});

test.each([
  [0, "0 B"],
  [9, "9 B"],
  [999, "999 B"],
  [1000, "1.0 kB"],
  [20480, "20 kB"],
  [1_003_520, "1.0 MB"],
  [2_147_483_648, "2.1 GB"],
])("%i octets are %s", (octets, text) => {
  expect(humanBytes(octets)).toBe(text);
});

test("a table as etcdctl 3.5 draws it", () => {
  expect(
    drawBoxes(["endpoint", "errors"], [["127.0.0.1:2379", "memberID:13195394291058371180 alarm:NOSPACE "]]),
  ).toBe(`┌────────────────┬─────────────────────────────────────────────┐
│    ENDPOINT    │                   ERRORS                    │
├────────────────┼─────────────────────────────────────────────┤
│ 127.0.0.1:2379 │ memberID:13195394291058371180 alarm:NOSPACE │
└────────────────┴─────────────────────────────────────────────┘
`);
});
