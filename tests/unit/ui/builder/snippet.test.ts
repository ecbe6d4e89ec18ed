import { expect, test } from "vitest";
import { frameAddress, snippetOf } from "../../../../src/ui/builder/snippet.ts";

const BASE = "https://my.school/sandbox/";

test("a snippet says what is chosen, and not what is usual or makes no sense", () => {
  const chosen = { cmd: 'echo "<b>"\necho 2', run: "1", theme: "auto", height: "tall", seed: "", label: "A & B" };
  expect(
    snippetOf("element", BASE, chosen),
  ).toBe(`<script type="module" src="https://my.school/sandbox/embed.js"></script>

<etcd-sandbox cmd="echo &quot;&lt;b>&quot;&#10;echo 2" run label="A &amp; B">
  <p><a href="https://my.school/sandbox/">Open the sandbox in a tab of its own</a></p>
</etcd-sandbox>`);
});

test("a frame has as its own what the element alone knows", () => {
  const chosen = { lesson: "find-etcd", height: "600", loading: "eager", selector: "pre", label: "Try it" };
  expect(snippetOf("frame", BASE, chosen)).toBe(`<iframe src="https://my.school/sandbox/embed/?lesson=find-etcd"
  title="Try it"
  width="100%" height="600" style="border: 0"
  allow="clipboard-write; fullscreen" referrerpolicy="strict-origin-when-cross-origin"></iframe>`);
  expect(frameAddress(BASE, { cmd: "a b&c", theme: "dark" })).toBe(`${BASE}embed/?cmd=a+b%26c&theme=dark`);
});
