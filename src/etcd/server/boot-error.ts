/** Why a member cannot start, in the words of the last line of its log. */
export class BootError extends Error {
  /**
   * `discovery failed`: before the member ran; `listener failed`: it ran, but could not serve clients; the third ends
   * the process where it stands.
   */
  readonly summary: "discovery failed" | "listener failed" | "failed to read WAL, cannot be repaired";

  constructor(message: string, summary: BootError["summary"] = "discovery failed") {
    super(message);
    this.summary = summary;
  }
}
