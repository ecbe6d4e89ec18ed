import { lazy, Suspense } from "react";
import { ResetDialog } from "./reset-dialog.tsx";

export type DialogName = "changes" | "world" | "share" | "help" | "settings" | "reset";

/** Dialogs are loaded when they are first asked for; only the one that rescues is there at once. */
const DIALOGS = {
  changes: lazy(() => import("./changes-dialog.tsx")),
  world: lazy(() => import("../keeping/world-dialog.tsx")),
  share: lazy(() => import("./share-dialog.tsx")),
  help: lazy(() => import("./help-dialog.tsx")),
  settings: lazy(() => import("../settings/settings-dialog.tsx")),
  reset: ResetDialog,
} as const;

/** A dialog of the head, by name. */
export function HeadDialog({ name, onClose }: { name: DialogName; onClose(): void }) {
  const Shown = DIALOGS[name];
  return (
    <Suspense>
      <Shown onClose={onClose} />
    </Suspense>
  );
}
