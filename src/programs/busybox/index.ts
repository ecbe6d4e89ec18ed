import type { Program } from "../../machine/process.ts";
import { nslookup } from "./nslookup.ts";
import { wget } from "./wget.ts";

/** Applets of busybox that differ from a host's programs of the same name, by the name that images carry. */
export const BUSYBOX_APPLETS: Readonly<Record<string, Program>> = {
  "busybox-nslookup": nslookup,
  "busybox-wget": wget,
};
