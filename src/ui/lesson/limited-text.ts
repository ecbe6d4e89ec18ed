/** The text of an answer that is not longer than so many octets; undefined where it is, and no more of it is fetched. */
export async function limitedText(response: Response, octetsMax: number): Promise<string | undefined> {
  if (Number(response.headers.get("content-length") ?? 0) > octetsMax) {
    await response.body?.cancel();
    return undefined;
  }
  const reader = response.body?.getReader();
  if (reader === undefined) return "";
  const decoder = new TextDecoder();
  let text = "";
  let octets = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return text + decoder.decode();
    octets += value.length;
    if (octets > octetsMax) {
      await reader.cancel();
      return undefined;
    }
    text += decoder.decode(value, { stream: true });
  }
}
