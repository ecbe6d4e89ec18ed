import { type KeyboardEvent, type RefObject, useEffect, useRef, useState } from "react";
import { printable } from "../printable.ts";
import { TEXTS } from "../texts.ts";
import { useWorld } from "../use-world.ts";
import { selectKey } from "../world-store.ts";
import type { VisibleNode } from "./key-tree.ts";
import { toggleFolder } from "./store-view.ts";

const ROW_PX = 24;
const INDENT_PX = 14;
/** Rows drawn above and below those in sight. */
const OVERSCAN = 8;
/** How long a changed row glows, in milliseconds. */
const GLOW_MS = 2500;

interface KeyTreeProps {
  readonly lines: readonly VisibleNode[];
}

/** Only the rows in sight are in the page. One tab stop; arrows move, Enter chooses. */
export function KeyTreeView({ lines }: KeyTreeProps) {
  const box = useRef<HTMLDivElement>(null);
  const selected = useWorld((state) => state.selectedKey);
  const [scroll, setScroll] = useState(0);
  const [cursor, setCursor] = useState(0);
  const height = useHeight(box);

  // biome-ignore lint/correctness/useExhaustiveDependencies: only a new choice moves the tree, not what happens in it
  useEffect(() => {
    const row = lines.findIndex(({ node }) => node.row !== undefined && node.row.key === selected);
    if (row >= 0 && box.current !== null) scrollToRow(box.current, row); // the viewer has taken half the height
  }, [selected]);

  const at = Math.min(cursor, lines.length - 1);
  const first = Math.max(0, Math.min(Math.floor(scroll / ROW_PX), lines.length - 1) - OVERSCAN);
  const shown = lines.slice(first, first + Math.ceil(height / ROW_PX) + 2 * OVERSCAN);
  const cursorShown = at >= first && at < first + shown.length;

  const move = (to: number) => {
    const target = Math.max(0, Math.min(lines.length - 1, to));
    setCursor(target);
    if (box.current !== null) scrollToRow(box.current, target);
  };
  const choose = (line: VisibleNode) => {
    if (line.node.children.size > 0) toggleFolder(line.node.path);
    if (line.node.row !== undefined) void selectKey(line.node.row.key);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const line = lines[at];
    if (line === undefined) return;
    const target = targetOf(event.key, at, lines.length, Math.floor(height / ROW_PX));
    if (target !== undefined) move(target);
    else if (event.key === "ArrowRight") line.open ? move(at + 1) : toggleFolder(line.node.path, true);
    else if (event.key === "ArrowLeft") line.open ? toggleFolder(line.node.path, false) : move(parentOf(lines, at));
    else if (event.key === "Enter" || event.key === " ") choose(line);
    else return;
    event.preventDefault();
  };

  return (
    <div
      ref={box}
      className="tree"
      role="tree"
      aria-label={TEXTS.store}
      tabIndex={0}
      {...(cursorShown ? { "aria-activedescendant": `key-${at}` } : {})}
      onScroll={(event) => setScroll(event.currentTarget.scrollTop)}
      onKeyDown={onKeyDown}
    >
      <div className="tree-height" style={{ height: lines.length * ROW_PX }} role="presentation">
        {shown.map((line, index) => (
          <Row
            key={line.node.path}
            line={line}
            index={first + index}
            current={first + index === at}
            chosen={line.node.row !== undefined && line.node.row.key === selected}
            onChoose={() => {
              setCursor(first + index);
              choose(line);
            }}
          />
        ))}
      </div>
    </div>
  );
}

function useHeight(box: RefObject<HTMLDivElement | null>): number {
  const [height, setHeight] = useState(400);
  useEffect(() => {
    const element = box.current;
    if (element === null) return;
    const observer = new ResizeObserver(() => setHeight(element.clientHeight));
    observer.observe(element);
    return () => observer.disconnect();
  }, [box]);
  return height;
}

function scrollToRow(element: HTMLElement, row: number): void {
  const top = row * ROW_PX;
  if (top < element.scrollTop) element.scrollTop = top;
  if (top + ROW_PX > element.scrollTop + element.clientHeight) element.scrollTop = top + ROW_PX - element.clientHeight;
}

function targetOf(key: string, at: number, count: number, page: number): number | undefined {
  if (key === "ArrowDown") return at + 1;
  if (key === "ArrowUp") return at - 1;
  if (key === "Home") return 0;
  if (key === "End") return count - 1;
  if (key === "PageDown") return at + page;
  if (key === "PageUp") return at - page;
  return undefined;
}

function parentOf(lines: readonly VisibleNode[], at: number): number {
  const depth = lines[at]?.depth ?? 0;
  for (let above = at - 1; above >= 0; above--) if ((lines[above]?.depth ?? 0) < depth) return above;
  return at;
}

interface RowProps {
  readonly line: VisibleNode;
  readonly index: number;
  readonly current: boolean;
  readonly chosen: boolean;
  onChoose(): void;
}

function Row({ line, index, current, chosen, onChoose }: RowProps) {
  const { node, depth, open } = line;
  const folder = node.children.size > 0;
  // An open folder leaves the glow to what is seen under it, unless something under it is seen no more.
  const changedAt = open ? node.touchedAt : node.changedAt;
  const glowing = changedAt > 0 && performance.now() - changedAt < GLOW_MS;
  return (
    // biome-ignore lint/a11y/useFocusableInteractive: the tree has the focus and names its active row
    // biome-ignore lint/a11y/useKeyWithClickEvents: the tree handles the keys
    <div
      id={`key-${index}`}
      role="treeitem"
      aria-level={depth + 1}
      aria-selected={chosen}
      {...(folder ? { "aria-expanded": open } : {})}
      className={`row${folder ? " folder" : ""}${current ? " current" : ""}${chosen ? " chosen" : ""}`}
      style={{ top: index * ROW_PX, paddingLeft: 10 + depth * INDENT_PX }}
      onClick={onChoose}
      title={printable(node.path.slice(0, 1000))}
    >
      <span className="twist" aria-hidden="true">
        {folder ? (open ? "▾" : "▸") : ""}
      </span>
      <span className={glowing ? "label glow" : "label"} key={glowing ? changedAt : 0}>
        {printable(node.label.slice(0, 300))}
      </span>
      {folder && <span className="count">{node.count}</span>}
    </div>
  );
}
