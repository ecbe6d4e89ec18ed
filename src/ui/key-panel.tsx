import { type KeyboardEvent, useEffect, useMemo, useRef, useState } from "react";
import type { VisibleNode } from "./key-tree.ts";
import { KeyViewer } from "./key-viewer.tsx";
import { TEXTS } from "./texts.ts";
import { keyTree, selectKey, useWorld } from "./world-store.ts";

const ROW_PX = 26;
const OVERSCAN = 8;
/** How long a changed row glows, in milliseconds. */
const GLOW_MS = 2500;

/** The store: its keys as a tree, and the chosen key's value. */
export function KeyPanel() {
  const version = useWorld((state) => state.storeVersion);
  const revision = useWorld((state) => state.revision);
  const reachable = useWorld((state) => state.reachable);
  const selected = useWorld((state) => state.selectedKey);
  const [open, setOpen] = useState<ReadonlySet<string>>(() => new Set(["/registry"]));
  const [filter, setFilter] = useState("");
  // biome-ignore lint/correctness/useExhaustiveDependencies: the tree is changed in place; its version stands for it
  const lines = useMemo(() => keyTree.visible((path) => open.has(path), filter), [version, open, filter]);

  const toggle = (path: string, wanted?: boolean) =>
    setOpen((before) => {
      const after = new Set(before);
      if (wanted ?? !after.has(path)) after.add(path);
      else after.delete(path);
      return after;
    });

  return (
    <div className="key-panel">
      <header className="panel-head">
        <h2>{TEXTS.store}</h2>
        <p className={reachable ? "quiet" : "warning"} role="status">
          {reachable ? TEXTS.keysOf(keyTree.count, revision) : TEXTS.unreachable}
        </p>
        <input
          type="search"
          placeholder={TEXTS.filter}
          aria-label={TEXTS.filter}
          value={filter}
          onChange={(event) => setFilter(event.target.value)}
        />
      </header>
      {lines.length === 0 ? (
        <p className="empty">{TEXTS.emptyStore}</p>
      ) : (
        <Tree lines={lines} selected={selected} toggle={toggle} />
      )}
      <KeyViewer />
    </div>
  );
}

interface TreeProps {
  readonly lines: readonly VisibleNode[];
  readonly selected: string | undefined;
  toggle(path: string, wanted?: boolean): void;
}

/** Only the rows in sight are in the page. One tab stop; arrows move, Enter chooses. */
function Tree({ lines, selected, toggle }: TreeProps) {
  const box = useRef<HTMLDivElement>(null);
  const [scroll, setScroll] = useState(0);
  const [height, setHeight] = useState(400);
  const [cursor, setCursor] = useState(0);

  useEffect(() => {
    if (box.current === null) return;
    const element = box.current;
    const observer = new ResizeObserver(() => setHeight(element.clientHeight));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  const at = Math.min(cursor, lines.length - 1);
  const first = Math.max(0, Math.floor(scroll / ROW_PX) - OVERSCAN);
  const shown = lines.slice(first, first + Math.ceil(height / ROW_PX) + 2 * OVERSCAN);

  const move = (to: number) => {
    const target = Math.max(0, Math.min(lines.length - 1, to));
    setCursor(target);
    const element = box.current;
    if (element === null) return;
    if (target * ROW_PX < element.scrollTop) element.scrollTop = target * ROW_PX;
    if ((target + 1) * ROW_PX > element.scrollTop + element.clientHeight)
      element.scrollTop = (target + 1) * ROW_PX - element.clientHeight;
  };

  const choose = (line: VisibleNode) => {
    if (line.node.children.size > 0) toggle(line.node.path);
    if (line.node.row !== undefined) void selectKey(line.node.row.key);
  };

  const onKeyDown = (event: KeyboardEvent) => {
    const line = lines[at];
    if (line === undefined) return;
    const page = Math.floor(height / ROW_PX);
    const target = {
      ArrowDown: at + 1,
      ArrowUp: at - 1,
      Home: 0,
      End: lines.length - 1,
      PageDown: at + page,
      PageUp: at - page,
    }[event.key];
    if (target !== undefined) move(target);
    else if (event.key === "ArrowRight") line.open ? move(at + 1) : toggle(line.node.path, true);
    else if (event.key === "ArrowLeft") line.open ? toggle(line.node.path, false) : move(parentOf(lines, at));
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
      aria-activedescendant={`key-${at}`}
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
  const glowing = node.changedAt > 0 && performance.now() - node.changedAt < GLOW_MS;
  return (
    // biome-ignore lint/a11y/useFocusableInteractive: the tree has the focus and names its active row
    // biome-ignore lint/a11y/useKeyWithClickEvents: the tree handles the keys
    <div
      id={`key-${index}`}
      role="treeitem"
      aria-level={depth + 1}
      aria-selected={chosen}
      {...(folder ? { "aria-expanded": open } : {})}
      className={`row${current ? " current" : ""}${chosen ? " chosen" : ""}`}
      style={{ top: index * ROW_PX, paddingLeft: 10 + depth * 14 }}
      onClick={onChoose}
      title={node.path}
    >
      <span className="twist" aria-hidden="true">
        {folder ? (open ? "▾" : "▸") : ""}
      </span>
      <span className={glowing ? "label glow" : "label"} key={glowing ? node.changedAt : 0}>
        {printable(node.label)}
      </span>
      {folder && <span className="count">{node.count}</span>}
    </div>
  );
}

/** Control characters of a key are shown as symbols, never obeyed. */
export function printable(text: string): string {
  return text
    .replace(/[\u0000-\u001f]/g, (char) => String.fromCharCode(0x2400 + char.charCodeAt(0)))
    .replace(/[\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, "\ufffd");
}
