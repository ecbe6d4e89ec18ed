import fc from "fast-check";
import { expect, test } from "vitest";
import { emitYaml } from "../../../../src/base/yaml/emit.ts";
import { parseYaml, parseYamlDocument, splitYamlDocuments, YamlError } from "../../../../src/base/yaml/read.ts";

// Recorded from kubectl 1.35.2: `kubectl label --local -f - a=b -o json`.
test.each([
  ["y", true],
  ["off", false],
  ["0777", 511],
  ["1_000", 1000],
  ["0o17", 15],
  ["1:30", "1:30"],
  ["2026-01-01", "2026-01-01"],
  ["-0b11", -3],
  ["1.", 1],
  ["08", 8],
  ["_1", "_1"],
  ["~", null],
  ["tRue", "tRue"],
  ["!!str 5", "5"],
  ["<<", "<<"],
])("reads the plain scalar %s as kubectl does", (text, value) => {
  expect(parseYamlDocument(`k: ${text}\n`)).toEqual({ k: value });
});

test.each([
  ["metadata:\n\tname: a\n", "yaml: line 4: found character that cannot start any token"],
  ["metadata:\n  name: a\n labels: b\n", "yaml: line 4: did not find expected key"],
  ["metadata:\n  name: a\n   labels: b\n", "yaml: line 5: mapping values are not allowed in this context"],
  ["metadata:\n  name: a\n  - b\n", "yaml: line 4: did not find expected key"],
  ["foo\nbar: x\n", "yaml: line 4: could not find expected ':'"],
  ["spec:\n  - name: a\n    image\n", "yaml: line 6: could not find expected ':'"],
  ["a: - b\n", "yaml: line 3: block sequence entries are not allowed in this context"],
  ["metadata: [a, b\n", "yaml: line 3: did not find expected ',' or ']'"],
  ["metadata: {name: a\n", "yaml: line 3: did not find expected ',' or '}'"],
  ['a: "b\nc: d\n', "yaml: line 5: found unexpected end of stream"],
  ["a: *x\n", "yaml: unknown anchor 'x' referenced"],
])("says what libyaml says about %j", (text, message) => {
  expect(() => parseYaml(`apiVersion: v1\nkind: ConfigMap\n${text}`)).toThrow(new YamlError(message));
});

test("prints the strings that kubectl quotes as kubectl quotes them", () => {
  const long = "abcdefghi ".repeat(14).trim();
  const value = {
    b: [
      "true",
      "012",
      "1_000",
      "12:30:45",
      "~",
      "",
      "*x",
      "a: b",
      "- a",
      "\ttab",
      "🎉",
      "=",
      "<<",
      "a#b",
      "1:70",
      "yEs",
    ],
    a10: { multi: "a\nb\n", strip: "a\nb", keep: "a\n\n", lead: "  x\ny", trail: "x \ny", on: 1 },
    a2: { none: {}, empty: [], nothing: null, nested: [[1, 2], { x: 1, y: [{ z: 1 }] }] },
    long,
    tiny: [0.5, 1e21, 1e-7, 100000000000],
  };
  expect(emitYaml(value)).toBe(
    [
      "a2:",
      "  empty: []",
      "  nested:",
      "  - - 1",
      "    - 2",
      "  - x: 1",
      '    "y":',
      "    - z: 1",
      "  none: {}",
      "  nothing: null",
      "a10:",
      "  keep: |+",
      "    a",
      "",
      "  lead: |2-",
      "      x",
      "    y",
      "  multi: |",
      "    a",
      "    b",
      '  "on": 1',
      "  strip: |-",
      "    a",
      "    b",
      '  trail: "x \\ny"',
      "b:",
      '- "true"',
      '- "012"',
      '- "1_000"',
      '- "12:30:45"',
      '- "~"',
      '- ""',
      "- '*x'",
      "- 'a: b'",
      "- '- a'",
      '- "\\ttab"',
      '- "\\U0001F389"',
      "- =",
      "- <<",
      "- a#b",
      "- 1:70",
      "- yEs",
      "long: abcdefghi abcdefghi abcdefghi abcdefghi abcdefghi abcdefghi abcdefghi abcdefghi",
      "  abcdefghi abcdefghi abcdefghi abcdefghi abcdefghi abcdefghi",
      "tiny:",
      "- 0.5",
      "- 1e+21",
      "- 1e-07",
      "- 100000000000",
      "",
    ].join("\n"),
  );
});

test("what is printed is read back the same", () => {
  // A key `<<` is printed bare, as kubectl does, and means a merge when it is read.
  const json = fc.jsonValue({ maxDepth: 4 }).filter((value) => !/__proto__|"<<":/.test(JSON.stringify(value)));
  fc.assert(
    fc.property(json, (value) => {
      expect(parseYamlDocument(emitYaml(value))).toEqual(JSON.parse(JSON.stringify(value)));
    }),
    { numRuns: 300 },
  );
});

test("documents are cut at lines of three dashes", () => {
  expect(splitYamlDocuments("# x\n---\na: 1\n---\n\n---\nb: |\n  c\n")).toEqual(["# x", "a: 1", "b: |\n  c\n"]);
});

test("deep nesting is an error, not a crash", () => {
  expect(() => parseYaml("[".repeat(100_000))).toThrow(YamlError);
});

test("whoever changes a document that was read does not change what the next one reads", () => {
  const text = "a:\n  b: [1, 2]\n";
  const first = parseYamlDocument(text) as { a: { b: number[] } };
  first.a.b.push(3);
  expect(parseYamlDocument(text)).toEqual({ a: { b: [1, 2] } });
});

const aliases = (levels: number, many: number): string =>
  Array.from({ length: levels }, (_, at) => `l${at + 1}: &l${at + 1} [${Array(many).fill(`*l${at}`)}]\n`).join("");

test("aliases stay shared", () => {
  const document = parseYamlDocument(`l0: &l0 [x]\n${aliases(6, 2)}`) as Record<string, unknown[]>;
  expect(document["l6"]?.[0]).toBe(document["l6"]?.[1]);
});

test("a document that would unfold to millions of values is refused at once, as Go's reader does", () => {
  for (const bomb of [`l0: &l0 [x]\n${aliases(30, 2)}`, `l0: &l0 {a: x}\n${aliases(9, 9)}`])
    expect(() => parseYaml(bomb)).toThrow(new YamlError("yaml: document contains excessive aliasing"));
});
