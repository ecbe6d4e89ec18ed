/** Draws the page. A module of its own, so that the world need not wait for it. */
import "@xterm/xterm/css/xterm.css";
import "./styles/tokens.css";
import "./styles/base.css";
import "./styles/layout.css";
import "./styles/terminal.css";
import "./styles/store.css";
import "./styles/dialog.css";
import "./styles/accessible.css";
import "./keeping/keeping.css";
import { createRoot } from "react-dom/client";
import { App } from "./app.tsx";
import { promptShown } from "./prompt-first.ts";
import { prepareScreen } from "./terminal/screen.ts";

const root = document.getElementById("root");
if (root !== null) {
  createRoot(root).render(<App />);
  setTimeout(prepareScreen);
}
// In development files change under the same address.
if (import.meta.env.PROD)
  void promptShown.then(() => import("./offline/registration.ts")).then(({ keepOffline }) => keepOffline());
