import { describe, expect, test } from "vitest";
import { parseLesson } from "../../../src/lessons/parse-lesson.ts";
import { codeBlocks, linksOf } from "../../../src/lessons/prose.ts";

const HEAD = `---
lab: 1
id: small
title: Small
summary: One step.
---
`;
const STEP = `
# Prose before

## First step {#first}

Run **this**:

\`\`\`console run host=ip-10-0-1-11
kubectl get \\
  nodes
# a comment
echo one
\`\`\`

:::check{id=a}
\`\`\`yaml
key: /registry/x
absent: true
say: gone
tell: still there
\`\`\`
:::

:::hint
\`\`\`yaml
when: { shown: "x+" }
\`\`\`
Look.
:::

:::solution
\`\`\`console
etcdctl del /registry/x
\`\`\`
\`\`\`console optional
sleep 1
\`\`\`
:::
`;

const messages = (source: string) => parseLesson(source).problems.map(({ line, message }) => `${line}: ${message}`);

describe("a lesson's source", () => {
  test("becomes a head and steps", () => {
    const { lesson, problems } = parseLesson(HEAD + STEP);
    expect(problems).toEqual([]);
    expect(lesson).toMatchObject({
      id: "small",
      title: "Small",
      cluster: { topology: "kubeadm", etcd: "3.6", seed: 1 },
    });
    const [step] = lesson.steps;
    expect(step).toMatchObject({ id: "first", title: "First step" });
    expect(step?.checks).toEqual([
      {
        id: "a",
        line: 21,
        condition: { kind: "key", key: "/registry/x", prefix: false, test: { absent: true } },
        say: "gone",
        tell: "still there",
        within: undefined,
      },
    ]);
    expect(step?.hints[0]?.when).toEqual({ kind: "shown", matches: "x+" });
    expect(step?.solutions[0]?.commands.map(({ text, needed }) => [text, needed])).toEqual([
      ["etcdctl del /registry/x", true],
      ["sleep 1", false],
    ]);
  });

  test("fences to run hold logical lines", () => {
    const [part] = parseLesson(HEAD + STEP).lesson.steps[0]?.parts ?? [];
    const [fence] = codeBlocks(part !== undefined && "blocks" in part ? part.blocks : []);
    expect(fence?.run).toEqual({
      commands: ["kubectl get \\\n  nodes", "echo one"],
      host: "ip-10-0-1-11",
      interrupt: false,
    });
  });

  test("what is wrong is told with its line", () => {
    expect(messages(`${HEAD}\n## One {#one}\n\n:::chekc{id=x}\nkey: a\n:::\n`)).toEqual([
      expect.stringMatching(/^10: unknown directive ":::chekc"; there are check, hint, /),
    ]);
    expect(messages(`${HEAD}\n## One\n`)).toEqual(['8: the step "One" needs an id: ## … {#id}']);
    expect(messages(`${HEAD}\n## One {#one}\n:::check{id=x}\nkeys: /a\nsay: y\ntell: n\n:::\n`)).toEqual([
      "9: :::check: no condition; expected one of key, object, file, run, ran, shown, all, any, not",
      '9: :::check: unknown field "keys"',
    ]);
    expect(messages(`${HEAD}\n## One {#one}\n:::check{id=x}\nkey: [a\nsay: y\n:::\n`)).toContainEqual(
      expect.stringMatching(/^1[0-2]: YAML: /),
    );
    expect(messages(`${HEAD}\n## One {#one}\n:::note\nnever closed\n`)).toEqual([
      "9: :::note has no end: close it with :::",
    ]);
    expect(messages("no front matter\n")[0]).toMatch(/^1: a lesson begins with front matter/);
    expect(messages(`${HEAD}\n## A {#a}\n\`\`\`console run now\nls\n\`\`\`\n`)).toEqual([
      '9: unknown fence attribute "now"',
    ]);
    expect(messages(`${HEAD}\n## A {#a}\n:::check{id=x}\nshown: "("\nsay: y\ntell: n\n:::\n`)[0]).toMatch(
      /^9: :::check: shown: missing closing \)/,
    );
  });

  test("directives within fences are text", () => {
    const { lesson, problems } = parseLesson(`${HEAD}\n## A {#a}\n\`\`\`text\n:::check\n## no step\n\`\`\`\n`);
    expect(problems).toEqual([]);
    expect(lesson.steps).toHaveLength(1);
  });

  test("any text at all gives a lesson and problems, never an error", () => {
    for (const source of [
      "",
      "---",
      "---\n---\n",
      "## {#}",
      ":::",
      ":::check{",
      "---\nlab: [\n---\n",
      "\u0000",
      "#".repeat(5000),
    ])
      expect(parseLesson(source).problems.length).toBeGreaterThan(0);
  });
});

describe("a hostile lesson", () => {
  const proseOf = (markdown: string) => parseLesson(`${HEAD}\n${markdown}\n\n## A {#a}\n`);

  test("HTML is text", () => {
    const { lesson, problems } = proseOf('<script>alert(1)</script>\n\ntext <img src=x onerror="alert(1)"> more');
    expect(lesson.intro).toEqual([
      { kind: "paragraph", content: [{ kind: "text", text: "<script>alert(1)</script>" }] },
      {
        kind: "paragraph",
        content: [
          { kind: "text", text: "text " },
          { kind: "text", text: '<img src=x onerror="alert(1)">' },
          { kind: "text", text: " more" },
        ],
      },
    ]);
    expect(problems.length).toBe(2);
  });

  test("links lead to pages and steps only", () => {
    const schemes = [
      "javascript:alert(1)",
      "JaVaScRiPt:alert(1)",
      "data:text/html,x",
      "vbscript:x",
      "//evil",
      "file:///x",
    ];
    for (const href of schemes) {
      const { lesson, problems } = proseOf(`[click](<${href}>)`);
      expect(linksOf(lesson.intro)).toEqual([]);
      expect(problems).toHaveLength(1);
    }
    expect(linksOf(proseOf("[a](https://etcd.io) [b](#a)").lesson.intro)).toEqual(["https://etcd.io", "#a"]);
  });
});
