import type { Process } from "../../../machine/process.ts";

const NAME = "eth0";

/** An interface as the kernel tells of it. */
export interface Interface {
  readonly index: number;
  readonly name: string;
  readonly up: boolean;
  readonly loopback: boolean;
  readonly ips: readonly string[];
}

/** The interfaces of a process's network namespace. */
export function interfacesOf({ net }: Process): readonly Interface[] {
  const own = net.addresses.filter((address) => address !== "127.0.0.1" && address !== "::1");
  return [
    { index: 1, name: "lo", up: true, loopback: true, ips: ["127.0.0.1", "::1"] },
    { index: 2, name: NAME, up: net.interfaceUp, loopback: false, ips: own },
  ];
}

/** `ip link show`; on one line, `\` stands for each line's end but the last. */
export function linkText(one: Interface, oneLine: boolean): string {
  return joined(`${headOf(one, "mode DEFAULT ", false)}\n${hardwareLine(one)}\n`, oneLine);
}

/** `ip address show` with those of an interface's addresses that are asked for; one family alone is shown without the link. */
export function addressText(
  one: Interface,
  ips: readonly string[],
  family: "inet" | "inet6" | undefined,
  oneLine: boolean,
): string {
  const rows = ips.map((ip) => addressRow(ip, one));
  if (oneLine) return rows.map((row) => `${one.index}: ${one.name}${joined(`${row}\n`, true)}`).join("");
  const head = [headOf(one, "", family === "inet6"), ...(family === undefined ? [hardwareLine(one)] : [])];
  return [...head, ...rows].map((row) => `${row}\n`).join("");
}

/** A row of `ip -brief`: with addresses, or else with the hardware's. */
export function briefText(one: Interface, ips: readonly string[] | undefined): string {
  const end = ips === undefined ? [hardwareAddress(one), `<${flagsOf(one)}>`] : ips.map((ip) => withPrefix(ip, one));
  return `${one.name.padEnd(16)} ${stateOf(one).padEnd(14)} ${end.map((part) => `${part} `).join("")}\n`;
}

function joined(text: string, oneLine: boolean): string {
  return oneLine ? `${text.trimEnd().replaceAll("\n", "\\")}\n` : text;
}

/** Of IPv6 alone, the kernel's answer tells nothing of queue and group. */
function headOf(one: Interface, mode: string, short: boolean): string {
  const [mtu, queue] = one.loopback ? ["65536", "noqueue"] : ["1500", "mq"];
  const [discipline, group] = short ? ["", ""] : [`qdisc ${queue} `, "group default "];
  const begin = `${one.index}: ${one.name}: <${flagsOf(one)}> mtu ${mtu} ${discipline}`;
  return `${begin}state ${stateOf(one)} ${mode}${group}qlen 1000`;
}

function hardwareLine(one: Interface): string {
  const [kind, broadcast] = one.loopback ? ["loopback", "00:00:00:00:00:00"] : ["ether", "ff:ff:ff:ff:ff:ff"];
  return `    link/${kind} ${hardwareAddress(one)} brd ${broadcast}`;
}

function addressRow(ip: string, one: Interface): string {
  const broadcast = one.loopback ? "" : ` brd ${ip.replace(/\d+$/, "255")}`;
  const scope = ip.includes(":") ? "scope host " : `scope ${one.loopback ? "host" : "global"} ${one.name}`;
  const begin = ip.includes(":") ? "    inet6" : "    inet";
  return `${begin} ${withPrefix(ip, one)}${ip.includes(":") ? "" : broadcast} ${scope}\n       valid_lft forever preferred_lft forever`;
}

function withPrefix(ip: string, { loopback }: Interface): string {
  return `${ip}/${ip.includes(":") ? 128 : loopback ? 8 : 24}`;
}

function flagsOf({ loopback, up }: Interface): string {
  return [loopback ? "LOOPBACK" : "BROADCAST,MULTICAST", ...(up ? ["UP,LOWER_UP"] : [])].join(",");
}

function stateOf({ loopback, up }: Interface): string {
  if (loopback) return "UNKNOWN";
  return up ? "UP" : "DOWN";
}

/** A locally administered address made from the IP, so that each host has its own. */
function hardwareAddress({ loopback, ips: [ip = "0.0.0.0"] }: Interface): string {
  if (loopback) return "00:00:00:00:00:00";
  const octets = ip.split(".").map((part) => Number(part).toString(16).padStart(2, "0"));
  return ["02", "42", ...octets].join(":");
}
