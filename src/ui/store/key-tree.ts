import type { KeyRow } from "../../worker/protocol.ts";

/** A folder of keys, or a key, or both (a key may have keys under it). */
export interface KeyNode {
  /** The part of the key after its parent, with the slash before it. */
  readonly label: string;
  /** The whole key up to here. */
  readonly path: string;
  readonly children: Map<string, KeyNode>;
  /** The children in order, or undefined when they have to be put in order again. */
  ordered: readonly KeyNode[] | undefined;
  row: KeyRow | undefined;
  /** Keys at and under this node. */
  count: number;
  /** When something at or under this node changed last, in milliseconds of the page's time; 0: never. */
  changedAt: number;
  /** When this node's own key was put, or something directly under it went, in the same time. */
  touchedAt: number;
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
 * Changed in place as patches come; whoever draws it looks at what is open only, and only folders that got or lost a
 * child are put in order again.
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
    leaf.touchedAt = now;
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
    this.prune(path, now);
  }

  find(key: string): KeyRow | undefined {
    let node: KeyNode | undefined = this.root;
    for (const label of labels(key)) node = node?.children.get(label);
    return node?.row;
  }

  /** All keys at and under a path, in no order that means anything. */
  *rows(under = ""): Generator<KeyRow> {
    let top: KeyNode | undefined = this.root;
    for (const label of under === "" ? [] : labels(under)) top = top?.children.get(label);
    const rest = top === undefined ? [] : [top];
    for (let node = rest.pop(); node !== undefined; node = rest.pop()) {
      if (node.row !== undefined) yield node.row;
      rest.push(...node.children.values());
    }
  }

  /** The lines that are seen: what is open, or with a filter all whose key holds it and the folders above them. */
  visible(isOpen: (path: string) => boolean, filter: string): VisibleNode[] {
    return filter === "" ? openLines(this.root, isOpen) : filteredLines(this.root, filter);
  }

  /** Takes off what is empty now; what lost a child directly is marked. */
  private prune(path: readonly KeyNode[], now: number): void {
    for (let at = path.length - 1; at > 0; at--) {
      const node = path[at];
      const parent = path[at - 1];
      if (node === undefined || parent === undefined) return;
      if (node.count > 0) {
        node.touchedAt = now;
        return;
      }
      parent.children.delete(node.label);
      parent.ordered = undefined;
    }
  }

  private walk(key: string): KeyNode[] {
    const path: KeyNode[] = [];
    let node = this.root;
    for (const label of labels(key)) {
      let next = node.children.get(label);
      if (next === undefined) {
        next = newNode(label, node.path + label);
        node.children.set(label, next);
        node.ordered = undefined;
      }
      path.push(next);
      node = next;
    }
    return path;
  }
}

function newNode(label: string, path: string): KeyNode {
  return { label, path, children: new Map(), ordered: undefined, row: undefined, count: 0, changedAt: 0, touchedAt: 0 };
}

/** A key's parts beyond this many stay together, so that a hostile key makes no tree of a hundred thousand storeys. */
const DEPTH_MAX = 32;

/** `/a/b/c` is `/a`, `/b`, `/c`; `foo/bar` is `foo`, `/bar`. */
function labels(key: string): string[] {
  const parts = key.match(/\/[^/]*|[^/]+/g) ?? [key];
  if (parts.length <= DEPTH_MAX) return parts;
  return [...parts.slice(0, DEPTH_MAX - 1), parts.slice(DEPTH_MAX - 1).join("")];
}

function orderedChildren(node: KeyNode): readonly KeyNode[] {
  node.ordered ??= [...node.children.values()].sort((a, b) => (a.label < b.label ? -1 : a.label > b.label ? 1 : 0));
  return node.ordered;
}

function openLines(root: KeyNode, isOpen: (path: string) => boolean): VisibleNode[] {
  const lines: VisibleNode[] = [];
  const visit = (parent: KeyNode, depth: number) => {
    for (const node of orderedChildren(parent)) {
      const open = node.children.size > 0 && isOpen(node.path);
      lines.push({ node, depth, open });
      if (open) visit(node, depth + 1);
    }
  };
  visit(root, 0);
  return lines;
}

/** One walk over all keys: a folder's line is put in before the lines that it turned out to hold. */
function filteredLines(root: KeyNode, filter: string): VisibleNode[] {
  const lines: VisibleNode[] = [];
  const visit = (parent: KeyNode, depth: number) => {
    for (const node of orderedChildren(parent)) {
      const at = lines.length;
      lines.push({ node, depth, open: true });
      visit(node, depth + 1);
      const open = lines.length > at + 1;
      if (open || node.row?.key.includes(filter) === true) lines[at] = { node, depth, open };
      else lines.length = at;
    }
  };
  visit(root, 0);
  return lines;
}
