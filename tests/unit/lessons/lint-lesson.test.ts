import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { lintLesson } from "../../../src/lessons/lint-lesson.ts";
import { supportedBySandbox } from "../../../src/sandbox/lesson/supported.ts";

const CONTENT = join(import.meta.dirname, "../../../src/lessons/content");
const supported = supportedBySandbox();
const HEAD = "---\nlab: 1\nid: x\ntitle: X\nsummary: Y.\n---\n";
const CHECK = ":::check{id=a}\nkey: /a\nsay: y\ntell: n\n:::\n";
const lint = (body: string) => lintLesson(HEAD + body, supported).map(({ line, message }) => `${line}: ${message}`);

describe("the linter", () => {
  test("finds nothing in the sandbox's own lessons", () => {
    for (const name of readdirSync(CONTENT))
      expect(lintLesson(readFileSync(join(CONTENT, name), "utf8"), supported), name).toEqual([]);
  });

  test("finds nothing in the example of its documentation", () => {
    const page = readFileSync(join(import.meta.dirname, "../../../docs/lessons.md"), "utf8");
    const example = /^````md\n([\s\S]*?)^````$/m.exec(page)?.[1] ?? "";
    expect(lintLesson(example, supported)).toEqual([]);
  });

  test("wants a check and a solution in each step", () => {
    expect(lint("## A {#a}\n")).toEqual(['7: the step "A" has no :::check', '7: the step "A" has no :::solution']);
  });

  test("refuses commands that the sandbox refuses or lacks", () => {
    const solution = (line: string) => `## A {#a}\n${CHECK}:::solution\n\`\`\`console\n${line}\n\`\`\`\n:::\n`;
    expect(lint(solution("kubectl get pods | sort"))).toEqual([]);
    expect(lint(solution("for n in a b; do echo $n; done"))).toEqual([]);
    expect(lint(solution("helm install x"))).toEqual(["14: helm is not simulated in this sandbox: Helm"]);
    expect(lint(solution("kubeadm config migrate --old-config a"))).toEqual([
      "14: not simulated in this sandbox: kubeadm config migrate",
    ]);
    expect(lint(solution("kubeadm join 10.0.1.10:6443"))).toEqual([
      "14: not simulated in this sandbox: kubeadm join; the hosts of this sandbox are a cluster from the start",
    ]);
    expect(lint(solution("frobnicate now"))).toEqual(['14: no program "frobnicate" is installed in the sandbox']);
  });

  test("finds anchors that lead nowhere, and ids that are there twice", () => {
    const step = (id: string, text: string) =>
      `## A {#${id}}\n${text}\n${CHECK}:::solution\n\`\`\`console\nls\n\`\`\`\n:::\n`;
    expect(lint(step("a", "[there](#b)"))).toEqual(["7: no step has the anchor #b"]);
    expect(lint(step("a", "[there](#b)") + step("b", ""))).toEqual([]);
    expect(lint(step("a", "") + step("a", ""))).toEqual([expect.stringContaining('a second step with the id "a"')]);
  });
});
