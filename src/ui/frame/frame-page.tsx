/** Draws the embedded page. */
import "@xterm/xterm/css/xterm.css";
import "../styles/tokens.css";
import "../styles/base.css";
import "../styles/layout.css";
import "../styles/terminal.css";
import "../styles/store.css";
import "../styles/dialog.css";
import "../styles/frame.css";
import { createRoot } from "react-dom/client";
import { FrameApp } from "./frame-app.tsx";
import { arrangeFrame, judgeOptions } from "./frame-options.ts";

judgeOptions();
arrangeFrame();
const root = document.getElementById("root");
if (root !== null) createRoot(root).render(<FrameApp />);
