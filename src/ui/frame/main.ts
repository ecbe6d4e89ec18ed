/** The entry of the embedded page: the world starts first, since the cluster takes longest; what draws it comes meanwhile. */
import { startWorld } from "../world-store.ts";
import { linkToHost } from "./host-link.ts";

void startWorld();
linkToHost();
void import("./frame-page.tsx");
