/** Whether this is the page that stands within others. */
export function isEmbedded(): boolean {
  return document.documentElement.dataset["embedded"] !== undefined;
}
