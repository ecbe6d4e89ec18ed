import type { KeyRow } from "../worker/protocol.ts";

/** A folder of keys, or a key, or both (a key may have keys under it). */
export interface KeyNode {
  /** The part of the key after its parent, with the slash before it. */
  readonly label: string;
  /** The whole key up to here. */
  readonly path: string;
  readonly children: Map<string, KeyNode>;
  row: KeyRow | undefined;
  /** Keys at and under this node. */
  count: number;
  /** When something here changed last, in milliseconds of the page's time. */
  changedAt: number;
}

/** A line of the drawn tree. */
export interface VisibleNode {
  readonly node: KeyNode;
  readonly depth: number;
  readonly open: boolean;
}

/**
 * The store's keys by their path:
 *
 *     /registry
 *       /pods
 *         /default
 *           /nginx-…      a key
 *
 * Changed in place as patches come; whoever draws it looks at what is open only.
 */
export class KeyTree {
  private root = newNode("", "");

  get count(): number {
    return this.root.count;
  }

  clear(): void {
    this.root = newNode("", "");
  }

  put(row: KeyRow, now: number): void {
    const path = [this.root, ...this.walk(row.key)];
    const leaf = path.at(-1);
    if (leaf === undefined) return;
    const added = leaf.row === undefined ? 1 : 0;
    leaf.row = row;
    for (const node of path) {
      node.count += added;
      node.changedAt = now;
    }
  }

  delete(key: string, now: number): void {
    const path = [this.root];
    for (const label of labels(key)) {
      const next = path.at(-1)?.children.get(label);
      if (next === undefined) return;
      path.push(next);
    }
    const leaf = path.at(-1);
    if (leaf?.row === undefined) return;
    leaf.row = undefined;
    for (const node of path) {
      node.count--;
      node.changedAt = now;
    }
    for (let at = path.length - 1; at > 0; at--)
      if (path[at]?.count === 0) path[at - 1]?.children.delete(path[at]?.label ?? "");
  }

  find(key: string): KeyRow | undefined {
    let node: KeyNode | undefined = this.root;
    for (const label of labels(key)) node = node?.children.get(label);
    return node?.row;
  }

  /** The lines that are seen: what is open, or with a filter all whose key holds it. */
  visible(isOpen: (path: string) => boolean, filter: string): VisibleNode[] {
    const lines: VisibleNode[] = [];
    const visit = (node: KeyNode, depth: number) => {
      for (const child of sortedChildren(node)) {
        if (filter !== "" && !holds(child, filter)) continue;
        const open = child.children.size > 0 && (filter !== "" || isOpen(child.path));
        lines.push({ node: child, depth, open });
        if (open) visit(child, depth + 1);
      }
    };
    visit(this.root, 0);
    return lines;
  }

  private walk(key: string): KeyNode[] {
    const path: KeyNode[] = [];
    let node = this.root;
    for (const label of labels(key)) {
      let next = node.children.get(label);
      if (next === undefined) {
        next = newNode(label, node.path + label);
        node.children.set(label, next);
      }
      path.push(next);
      node = next;
    }
    return path;
  }
}

function newNode(label: string, path: string): KeyNode {
  return { label, path, children: new Map(), row: undefined, count: 0, changedAt: 0 };
}

/** `/a/b/c` is `/a`, `/b`, `/c`; `foo/bar` is `foo`, `/bar`. */
function labels(key: string): string[] {
  return key.match(/\/[^/]*|[^/]+/g) ?? [key];
}

function sortedChildren(node: KeyNode): KeyNode[] {
  return [...node.children.values()].sort((a, b) => (a.label < b.label ? -1 : a.label > b.label ? 1 : 0));
}

function holds(node: KeyNode, filter: string): boolean {
  if (node.row?.key.includes(filter)) return true;
  for (const child of node.children.values()) if (holds(child, filter)) return true;
  return false;
}
