/** The page's entry: the world starts first, since the cluster takes longest; what draws it comes meanwhile. */
import { startWorld } from "./world-store.ts";

void startWorld();
void import("./page.tsx");
