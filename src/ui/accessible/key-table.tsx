import { useMemo, useState } from "react";
import { printable } from "../printable.ts";
import { KeyViewer } from "../store/key-viewer.tsx";
import { setFilter, useStoreView } from "../store/store-view.ts";
import { TEXTS } from "../texts.ts";
import { useWorld } from "../use-world.ts";
import { keyTree, selectKey } from "../world-store.ts";

const PAGE_ROWS = 50;

/** The store's keys as a table, and the chosen key's value under it. */
export function KeyTable() {
  const version = useWorld((state) => state.storeVersion);
  const revision = useWorld((state) => state.revision);
  const chosen = useWorld((state) => state.selectedKey);
  const filter = useStoreView((view) => view.filter);
  const [shown, setShown] = useState(PAGE_ROWS);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the tree is changed in place; its version stands for it
  const rows = useMemo(
    () => [...keyTree.rows()].filter(({ key }) => key.includes(filter)).sort((a, b) => (a.key < b.key ? -1 : 1)),
    [version, filter],
  );
  return (
    <>
      <label className="key-filter">
        {TEXTS.filter}
        <input
          type="search"
          data-entrance=""
          value={filter}
          spellCheck={false}
          onChange={(event) => setFilter(event.target.value)}
        />
      </label>
      <div className="table-box">
        <table>
          <caption>{TEXTS.keysOf(rows.length, revision)}</caption>
          <thead>
            <tr>
              {TEXTS.accessible.columns.map((name) => (
                <th key={name} scope="col">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.slice(0, shown).map((row) => (
              <tr key={row.key}>
                <th scope="row">
                  <button type="button" className="link" onClick={() => void selectKey(row.key)}>
                    {printable(row.key.slice(0, 300))}
                  </button>
                </th>
                <td>{row.modRevision}</td>
                <td>{row.version}</td>
                <td>{TEXTS.bytes(row.size)}</td>
                <td>{row.lease}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {rows.length > shown && (
        <button type="button" onClick={() => setShown(shown + PAGE_ROWS)}>
          {TEXTS.accessible.moreKeys(rows.length - shown)}
        </button>
      )}
      {chosen !== undefined && <KeyViewer />}
    </>
  );
}
