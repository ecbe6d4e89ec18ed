/** Signs without a width of their own: they are drawn on the sign before them. */
const WIDTHLESS = /[\p{M}\p{Cf}\u1160-\u11ff]+/gu;
/** No writing puts more of them on one sign. */
const ON_ONE_SIGN_MAX = 32;

/**
 * A terminal's output as text. Of the marks on one sign only so many are left as any writing has: a browser takes
 * minutes to draw a letter with a hundred thousand accents.
 */
export class OutputText {
  private readonly decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  private atEnd = 0;

  read(bytes: Uint8Array): string {
    const text = this.decoder.decode(bytes, { stream: true });
    if (text === "") return "";
    const before = this.atEnd;
    this.atEnd = 0;
    return text.replace(WIDTHLESS, (run, at: number) => {
      const signs = [...run];
      const there = at === 0 ? before : 0;
      if (at + run.length === text.length) this.atEnd = there + signs.length;
      return signs.length + there <= ON_ONE_SIGN_MAX
        ? run
        : signs.slice(0, Math.max(0, ON_ONE_SIGN_MAX - there)).join("");
    });
  }
}
