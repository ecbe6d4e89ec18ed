import { expect, test } from "vitest";
import { Recall } from "../../../../src/ui/accessible/recall.ts";

test("arrows walk between the oldest line and the draft, and changes on the way stay", () => {
  const recall = new Recall(["one", "cat <<E\nx\nE", "two"], "");
  expect(recall.move(1, "draft")).toBeUndefined();
  expect(recall.move(-1, "draft")).toBe("two");
  expect(recall.move(-1, "two changed")).toBe("one");
  expect(recall.move(-1, "one")).toBeUndefined();
  expect(recall.move(1, "one")).toBe("two changed");
  expect(recall.move(1, "two changed")).toBe("draft");
  expect(recall.move(1, "draft")).toBeUndefined();
});

test("with nothing entered before there is only the draft", () => {
  expect(new Recall([], "draft").move(-1, "draft")).toBeUndefined();
});
