import { TEXTS } from "../texts.ts";
import { useWorld } from "../use-world.ts";
import { keyTree } from "../world-store.ts";

/** How the store stands, in a line. */
export function Standing() {
  const running = useWorld((state) => state.status === "running");
  const revision = useWorld((state) => state.revision);
  const reachable = useWorld((state) => state.reachable);
  // Subscribed to, since the count below changes with it.
  useWorld((state) => state.storeVersion);
  if (reachable) return <p className="standing push quiet">{TEXTS.keysOf(keyTree.count, revision)}</p>;
  // Before the first answer there is nothing wrong yet.
  if (!running || revision === 0) return <p className="standing push quiet">{TEXTS.storeStarting}</p>;
  return (
    <p className="standing push warning" role="status">
      {TEXTS.unreachable}
    </p>
  );
}
