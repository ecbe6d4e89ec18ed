import type { ContainerExit } from "./container-log.ts";
import type { TimedKeyEvent } from "./key-history.ts";
import type { EndedProgram } from "./program-log.ts";

/**
 * What a lesson's world has noted, as plain data that is kept with the world: a page that is opened anew goes on with it, so
 * that times count on and a post-mortem is told on.
 */
export interface LessonNotes {
  /** The number of the last thing that was noted. */
  readonly tick: number;
  readonly programs: readonly EndedProgram[];
  /** Keys that came and went; not those that only changed. */
  readonly keys: readonly TimedKeyEvent[];
  readonly exits: readonly ContainerExit[];
  /** When timed checks were first seen to hold. */
  readonly held: readonly (readonly [name: string, at: number])[];
}
