/**
 * What this browser remembers of the page, by name. Where storage is refused (a sandboxed frame, a strict browser)
 * nothing is remembered and nothing breaks.
 */
const PREFIX = "etcd-sandbox/page/";

/** The remembered text, or undefined. */
export function remembered(name: string): string | undefined {
  try {
    return localStorage.getItem(PREFIX + name) ?? undefined;
  } catch (error) {
    excuse(error);
    return undefined;
  }
}

export function remember(name: string, text: string): void {
  try {
    localStorage.setItem(PREFIX + name, text);
  } catch (error) {
    excuse(error);
  }
}

/** Storage in the shape that libraries ask for. */
export const rememberingStorage = {
  getItem: (name: string): string | null => remembered(name) ?? null,
  setItem: remember,
};

/** Refused and full storage are the browser's right; anything else is a defect. */
function excuse(error: unknown): void {
  if (error instanceof DOMException || error instanceof ReferenceError || error instanceof TypeError) return;
  throw error;
}
