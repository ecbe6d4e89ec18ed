/** IP addresses as certificates hold them: 4 or 16 octets. */

/** The octets of an address in text, or undefined if it is none. */
export function ipBytes(text: string): Uint8Array | undefined {
  return text.includes(":") ? ipv6Bytes(text) : ipv4Bytes(text);
}

function ipv4Bytes(text: string): Uint8Array | undefined {
  const parts = text.split(".");
  if (parts.length !== 4 || !parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) <= 255)) return undefined;
  return Uint8Array.from(parts, Number);
}

function ipv6Bytes(text: string): Uint8Array | undefined {
  const halves = text.split("::");
  if (halves.length > 2) return undefined;
  const head = groups(halves[0] ?? "");
  const tail = halves.length === 2 ? groups(halves[1] ?? "") : [];
  if (head === undefined || tail === undefined) return undefined;
  const missing = 8 - head.length - tail.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined;
  const all = [...head, ...new Array<number>(missing).fill(0), ...tail];
  const bytes = new Uint8Array(16);
  all.forEach((group, index) => {
    bytes[2 * index] = group >> 8;
    bytes[2 * index + 1] = group & 255;
  });
  return bytes;
}

function groups(text: string): number[] | undefined {
  if (text === "") return [];
  const result: number[] = [];
  const parts = text.split(":");
  for (const [index, part] of parts.entries()) {
    const dotted = index === parts.length - 1 && part.includes(".") ? ipv4Bytes(part) : undefined;
    if (dotted !== undefined) {
      const [a = 0, b = 0, c = 0, d = 0] = dotted;
      result.push((a << 8) | b, (c << 8) | d);
    } else if (/^[0-9a-fA-F]{1,4}$/.test(part)) result.push(Number.parseInt(part, 16));
    else return undefined;
  }
  return result;
}

/** Text of 4 or 16 octets as Go's net.IP prints it; other lengths as `?` and hex. */
export function ipText(bytes: Uint8Array): string {
  if (bytes.length === 4) return [...bytes].join(".");
  if (bytes.length !== 16) return `?${[...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("")}`;
  const words = ipv6Words(bytes);
  if (words.slice(0, 5).every((word) => word === 0) && words[5] === 0xffff) return [...bytes.subarray(12)].join(".");
  const gap = longestZeroRun(words);
  const hexWords = words.map((word) => word.toString(16));
  if (gap.length < 2) return hexWords.join(":");
  return `${hexWords.slice(0, gap.start).join(":")}::${hexWords.slice(gap.start + gap.length).join(":")}`;
}

/** The eight 16-bit groups of an IPv6 address. */
export function ipv6Words(bytes: Uint8Array): number[] {
  const words: number[] = [];
  for (let i = 0; i + 1 < bytes.length; i += 2) words.push(((bytes[i] ?? 0) << 8) | (bytes[i + 1] ?? 0));
  return words;
}

function longestZeroRun(words: readonly number[]): { start: number; length: number } {
  let best = { start: 0, length: 0 };
  for (let start = 0; start < words.length; start++) {
    let length = 0;
    while (words[start + length] === 0) length++;
    if (length > best.length) best = { start, length };
  }
  return best;
}

/** One spelling per address; text that is no address stays as it is. */
export function canonicalIp(text: string): string {
  const bytes = ipBytes(text);
  return bytes === undefined ? text : ipText(bytes);
}
