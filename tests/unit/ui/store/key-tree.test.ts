import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { KeyTree } from "../../../../src/ui/store/key-tree.ts";
import type { KeyRow } from "../../../../src/worker/protocol.ts";

function row(key: string, modRevision = 1): KeyRow {
  return { key, modRevision, createRevision: 1, version: 1, lease: "", size: 0 };
}

function treeOf(...keys: string[]): KeyTree {
  const tree = new KeyTree();
  for (const key of keys) tree.put(row(key), 0);
  return tree;
}

function drawn(tree: KeyTree, filter = "", open: (path: string) => boolean = () => true): string[] {
  return tree.visible(open, filter).map(({ node, depth }) => `${" ".repeat(depth)}${node.label} ${node.count}`);
}

describe("the tree of keys", () => {
  test("keys hang under their folders, in byte order, with counts", () => {
    const tree = treeOf("/registry/pods/default/b", "/registry/pods/default/a", "/registry/nodes/n", "plain");
    expect(drawn(tree)).toEqual([
      "/registry 3",
      " /nodes 1",
      "  /n 1",
      " /pods 2",
      "  /default 2",
      "   /a 1",
      "   /b 1",
      "plain 1",
    ]);
  });

  test("what is closed hides what is in it", () => {
    const tree = treeOf("/a/b/c", "/d");
    expect(drawn(tree, "", (path) => path === "/a")).toEqual(["/a 1", " /b 1", "/d 1"]);
  });

  test("a key may have keys under it, and each can go alone", () => {
    const tree = treeOf("/a", "/a/b");
    tree.delete("/a", 5);
    expect(drawn(tree)).toEqual(["/a 1", " /b 1"]);
    tree.delete("/a/b", 6);
    expect(drawn(tree)).toEqual([]);
  });

  test("a filter shows the keys that hold it and the folders above them, whatever is open", () => {
    const tree = treeOf("/registry/pods/default/nginx", "/registry/pods/kube-system/etcd", "/registry/nodes/n");
    expect(drawn(tree, "default/ng", () => false)).toEqual(["/registry 3", " /pods 2", "  /default 1", "   /nginx 1"]);
    expect(drawn(tree, "nothing")).toEqual([]);
  });

  test("a change marks the way to it; what lost a child is touched itself", () => {
    const tree = treeOf("/a/b", "/a/c");
    tree.put(row("/a/b", 2), 7);
    const [folder, b, c] = tree.visible(() => true, "").map(({ node }) => node);
    expect([folder?.changedAt, folder?.touchedAt, b?.changedAt, c?.changedAt]).toEqual([7, 0, 7, 0]);
    tree.delete("/a/b", 9);
    expect([folder?.changedAt, folder?.touchedAt]).toEqual([9, 9]);
  });

  test("a key of a hundred thousand parts is no deeper than a screen, and can be walked", () => {
    const key = "/x".repeat(100_000);
    const tree = treeOf(key);
    expect(Math.max(...tree.visible(() => true, "").map(({ depth }) => depth))).toBeLessThan(40);
    expect(tree.find(key)?.key).toBe(key);
    expect(tree.visible(() => true, "/x/x").length).toBeGreaterThan(0);
  });

  test("any history of puts and deletions leaves what a plain map would", () => {
    const key = fc
      .array(fc.constantFrom("/a", "/b", "c", "/", "//"), { minLength: 1, maxLength: 4 })
      .map((parts) => parts.join(""));
    fc.assert(
      fc.property(fc.array(fc.tuple(key, fc.boolean())), (steps) => {
        const tree = new KeyTree();
        const model = new Map<string, number>();
        for (const [at, [name, put]] of steps.entries()) {
          if (put) model.set(name, at);
          else model.delete(name);
          if (put) tree.put(row(name, at), at);
          else tree.delete(name, at);
        }
        const shown = tree.visible(() => true, "").flatMap(({ node }) => (node.row === undefined ? [] : [node.row]));
        expect(tree.count).toBe(model.size);
        expect(new Map(shown.map((each) => [each.key, each.modRevision]))).toEqual(model);
      }),
    );
  });
});
