import { expect, test } from "vitest";
import { parseLesson } from "../../../src/lessons/parse-lesson.ts";
import { linksOf } from "../../../src/lessons/prose.ts";
import { aliasBomb, deepJson, ESCAPES, LINES } from "../../support/hostile.ts";

/** A lesson may come from anybody: whatever stands in it is text, links lead to web pages and steps, reading it ends. */
const HEAD = "---\nlab: 1\nid: small\ntitle: Small\nsummary: One.\n---\n";
const HOSTILE = [...LINES, ...Object.values(ESCAPES)];

function linksIn(source: string): string[] {
  const { lesson } = parseLesson(source);
  return lesson.steps.flatMap(({ parts }) =>
    parts.flatMap((part) => (part.kind === "prose" ? linksOf(part.blocks) : [])),
  );
}

test.each(HOSTILE)("%j as a lesson's prose, address, title, check and front matter", (text) => {
  const line = text.replaceAll("\n", " ");
  const links = linksIn(
    `${HEAD}## ${line} {#a}\n\n${line}\n\n[x](${line}) [y](<${line}>) ![z](${line}) <${line}>\n\n> ${line}\n\n- ${line}\n\n| ${line} |\n|--|\n| [x](${line}) |\n\n[r]: ${line}\n[r]\n`,
  );
  for (const link of links) expect(link).toMatch(/^(https?:\/\/|#)/i);
  for (const source of [
    line,
    `---\n${line}\n---\n`,
    `---\nlab: 1\ntitle: ${JSON.stringify(line)}\n${line}: 1\n---\n`,
    `${HEAD}## A {#${line}}\n\`\`\`${line} run host=${line}\n${line}\n\`\`\`\n:::${line}{${line}}\n:::\n`,
    `${HEAD}## A {#a}\n:::check{id=${line}}\n\`\`\`yaml\nkey: ${JSON.stringify(line)}\n${line}: 1\n\`\`\`\n:::\n`,
    `${HEAD}## A {#a}\n:::predict\n${line}\n- [x] ${line}\n:::\n`,
  ])
    expect(() => parseLesson(source)).not.toThrow();
});

test.each([
  "javascript:x",
  "JaVaScRiPt:x",
  " javascript:x",
  "java\tscript:x",
  "data:text/html,x",
  "vbscript:x",
  "//evil.example",
  "/x",
  "file:///x",
  "blob:x",
  "\x01javascript:x",
])("%j is no link", (address) => {
  expect(
    linksIn(`${HEAD}## A {#a}\n\n[x](<${address}>) [x](${address}) <${address}>\n\n[r]\n\n[r]: <${address}>\n`),
  ).toEqual([]);
});

test("a directive may not be called as what every object inherits", () => {
  const { problems } = parseLesson(`${HEAD}## A {#a}\n\n:::constructor\nx\n:::\n`);
  expect(problems[0]?.message).toContain('unknown directive ":::constructor"');
});

test("a lesson that unfolds into a giant is refused", () => {
  const source = `---\nlab: 1\n${aliasBomb()}\nobjectives: *j\n---\n## A {#a}\n`;
  expect(parseLesson(source).problems.map(({ message }) => message)).toContain(
    "YAML: document contains excessive aliasing",
  );
});

test("nesting ends", () => {
  for (const deep of ["> ".repeat(3000), "- ".repeat(3000), "[".repeat(3000), "*a ".repeat(3000), deepJson(3000)]) {
    expect(() => parseLesson(`${HEAD}## A {#a}\n\n${deep}x\n`)).not.toThrow();
    expect(() => parseLesson(`---\nlab: 1\ntitle: ${deep}\n---\n`)).not.toThrow();
  }
});
