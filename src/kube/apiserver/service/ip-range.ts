/** An IPv4 network as the service range is given: `10.96.0.0/12`. */
export interface IpRange {
  readonly first: number;
  readonly size: number;
}

export function parseIpRange(cidr: string): IpRange | undefined {
  const match = /^(\d+)\.(\d+)\.(\d+)\.(\d+)\/(\d+)$/.exec(cidr);
  if (match === null) return undefined;
  const bits = Number(match[5]);
  if (bits > 32) return undefined;
  const size = 2 ** (32 - bits);
  const address = ipNumber(`${match[1]}.${match[2]}.${match[3]}.${match[4]}`);
  return address === undefined ? undefined : { first: address - (address % size), size };
}

function ipNumber(ip: string): number | undefined {
  const parts = ip.split(".").map(Number);
  if (parts.length !== 4 || parts.some((part) => !(part >= 0 && part <= 255))) return undefined;
  return parts.reduce((sum, part) => sum * 256 + part, 0);
}

export function ipText(value: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join(".");
}

/** The address of service `kubernetes`: the range's first usable one. */
export function firstAddress(range: IpRange): string {
  return ipText(range.first + 1);
}

export function contains(range: IpRange, ip: string): boolean {
  const value = ipNumber(ip);
  return value !== undefined && value > range.first && value < range.first + range.size - 1;
}
