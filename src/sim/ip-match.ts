/** Whether a socket listens on every address. */
export function isAny(ip: string): boolean {
  return ip === "0.0.0.0" || ip === "::" || ip === "";
}

/** Whether an address never leaves its station. */
export function isLoopback(ip: string): boolean {
  return ip.startsWith("127.") || ip === "::1";
}

/** Whether who listens on one address takes what is sent to another. */
export function accepts(listening: string, dialled: string): boolean {
  return isAny(listening) || listening === dialled;
}

/** Whether an address is a neighbour of one of these. */
export function sharesSubnet(ip: string, addresses: readonly string[]): boolean {
  const prefix = ip.split(".").slice(0, 3).join(".");
  return addresses.some((address) => !isLoopback(address) && address.startsWith(`${prefix}.`));
}
