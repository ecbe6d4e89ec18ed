/** The world's time of day, as its hosts show it (they keep UTC). */
export function timeText(at: number): string {
  return new Date(at).toISOString().slice(11, 19);
}
