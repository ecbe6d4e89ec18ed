/** A word that may be completed to. */
export interface Candidate {
  readonly text: string;
  readonly description?: string;
  /** What the list shows when it is not the text (a file's last part). */
  readonly shown?: string;
}

/** All that one source of candidates says. */
export interface Candidates {
  readonly items: readonly Candidate[];
  /** No blank after the only candidate. */
  readonly noSpace?: boolean;
  /** How much of the end of the word they replace; the whole word when undefined. */
  readonly replaced?: string;
  /** They are paths: what is typed of the directory stays as it is. */
  readonly paths?: boolean;
}

export const NO_CANDIDATES: Candidates = { items: [] };

/** The longest text that all begin with. */
export function commonPrefix(texts: readonly string[]): string {
  let prefix = texts[0] ?? "";
  for (const text of texts) while (!text.startsWith(prefix)) prefix = prefix.slice(0, -1);
  return prefix;
}
