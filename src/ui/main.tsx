import "@xterm/xterm/css/xterm.css";
import "./page.css";
import { createRoot } from "react-dom/client";
import { App } from "./app.tsx";
import { startWorld } from "./world-store.ts";

const root = document.getElementById("root");
if (root !== null) createRoot(root).render(<App />);
void startWorld();
