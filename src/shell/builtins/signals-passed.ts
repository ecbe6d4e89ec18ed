import type { Signal } from "../../machine/signals.ts";

/** Signals that a shell hands on to the program that took its place. SIGINT reaches both by the terminal's group. */
export const PASSED_ON_SIGNALS: readonly Signal[] = ["SIGTERM", "SIGQUIT", "SIGHUP", "SIGUSR1", "SIGUSR2"];
