import { writeText } from "../../machine/file-descriptor.ts";
import type { Process, Program } from "../../machine/process.ts";
import type { Task } from "../../sim/task.ts";
import { fail } from "./options.ts";

const INTERFACE = "eth0";
/** `ip` accepts a beginning of a word: of these the first that fits. */
const OBJECTS = ["address", "link", "route", "neighbour", "rule", "netns", "tunnel", "maddress", "monitor"];
const VERBS = ["show", "list", "set", "add", "delete", "flush", "get", "change", "replace"];

/** An interface as the kernel tells of it. */
interface Interface {
  readonly index: number;
  readonly name: string;
  readonly up: boolean;
  readonly loopback: boolean;
  readonly ips: readonly string[];
}

/**
 * ip of iproute2: addresses and links, and `ip link set eth0 up|down`, by which a node is cut off. Layout and messages as
 * iproute2 6.1 has them.
 */
export const ip: Program = function* (process) {
  const args = process.argv.slice(1);
  const flags = args.filter((arg) => arg.startsWith("-"));
  const [object, ...rest] = args.filter((arg) => !arg.startsWith("-"));
  if (object === undefined) return yield* fail(process, "Usage: ip [ OPTIONS ] OBJECT { COMMAND | help }", 255);
  const known = OBJECTS.find((each) => each.startsWith(object));
  if (known === undefined) return yield* complain(process, `Object "${object}" is unknown, try "ip help".`);
  if (known !== "address" && known !== "link")
    return yield* fail(process, `not simulated in this sandbox: ip ${known}`);
  const [word = "show", ...operands] = rest;
  const verb = VERBS.find((each) => each.startsWith(word));
  if (verb === "set" && known === "link") return yield* setLink(process, operands);
  if (verb === "show" || verb === "list") return yield* show(process, known, operands, flags.includes("-br"));
  if (verb === undefined) return yield* complain(process, `Command "${word}" is unknown, try "ip ${known} help".`);
  return yield* fail(process, `not simulated in this sandbox: ip ${known} ${verb}`);
};

function* complain(process: Process, message: string): Task<number> {
  yield* writeText(process.stderr, `${message}\n`);
  return 255;
}

function interfaces({ net }: Process): readonly Interface[] {
  const own = net.addresses.filter((address) => address !== "127.0.0.1" && address !== "::1");
  return [
    { index: 1, name: "lo", up: true, loopback: true, ips: ["127.0.0.1", "::1"] },
    { index: 2, name: INTERFACE, up: net.interfaceUp, loopback: false, ips: own },
  ];
}

function* show(process: Process, what: "address" | "link", operands: readonly string[], brief: boolean): Task<number> {
  const name = operands[0] === "dev" ? operands[1] : operands[0];
  const found = interfaces(process).filter((each) => name === undefined || each.name === name);
  if (found.length === 0) {
    yield* writeText(process.stderr, `Device "${name}" does not exist.\n`);
    return 1;
  }
  const text = found.map((each) => (brief ? briefText(each, what) : longText(each, what)));
  yield* writeText(process.stdout, text.join(""));
  return 0;
}

function longText({ index, name, up, loopback, ips }: Interface, what: "address" | "link"): string {
  const flags = [loopback ? "LOOPBACK" : "BROADCAST,MULTICAST", ...(up ? ["UP,LOWER_UP"] : [])].join(",");
  const state = loopback ? "UNKNOWN" : up ? "UP" : "DOWN";
  const [mtu, queue] = loopback ? ["65536", "noqueue"] : ["1500", "mq"];
  const mode = what === "link" ? "mode DEFAULT " : "";
  const head = `${index}: ${name}: <${flags}> mtu ${mtu} qdisc ${queue} state ${state} ${mode}group default qlen 1000\n`;
  const link = loopback
    ? "    link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00\n"
    : `    link/ether ${hardwareAddress(ips[0])} brd ff:ff:ff:ff:ff:ff\n`;
  return head + link + (what === "link" ? "" : ips.map((address) => addressText(address, name, loopback)).join(""));
}

function addressText(address: string, name: string, loopback: boolean): string {
  const forever = "       valid_lft forever preferred_lft forever\n";
  if (address.includes(":")) return `    inet6 ${address}/128 scope host \n${forever}`;
  if (loopback) return `    inet ${address}/8 scope host lo\n${forever}`;
  return `    inet ${address}/24 brd ${address.replace(/\d+$/, "255")} scope global ${name}\n${forever}`;
}

function briefText({ name, up, loopback, ips }: Interface, what: "address" | "link"): string {
  const state = loopback ? "UNKNOWN" : up ? "UP" : "DOWN";
  if (what === "address") {
    const all = ips.map((address) => `${address}/${address.includes(":") ? 128 : loopback ? 8 : 24}`).join(" ");
    return `${name.padEnd(16)} ${state.padEnd(14)} ${all} \n`;
  }
  const hardware = loopback ? "00:00:00:00:00:00" : hardwareAddress(ips[0]);
  const flags = [loopback ? "LOOPBACK" : "BROADCAST,MULTICAST", ...(up ? ["UP,LOWER_UP"] : [])].join(",");
  return `${name.padEnd(16)} ${state.padEnd(14)} ${hardware} <${flags}> \n`;
}

/** A locally administered address made from the IP, so that each host has its own. */
function hardwareAddress(address = "0.0.0.0"): string {
  const octets = address.split(".").map((part) => Number(part).toString(16).padStart(2, "0"));
  return ["02", "42", ...octets].join(":");
}

/** `ip link set [dev] NAME up|down`. */
function* setLink(process: Process, operands: readonly string[]): Task<number> {
  const [name, ...wishes] = operands[0] === "dev" ? operands.slice(1) : operands;
  if (name === undefined) return yield* complain(process, 'Not enough information: "dev" argument is required.');
  const found = interfaces(process).find((each) => each.name === name);
  if (found === undefined) {
    yield* writeText(process.stderr, `Cannot find device "${name}"\n`);
    return 1;
  }
  const strange = wishes.find((wish) => wish !== "up" && wish !== "down");
  if (strange !== undefined) return yield* fail(process, `not simulated in this sandbox: ip link set ${strange}`);
  const wish = wishes[wishes.length - 1];
  if (wish === undefined) return 0;
  if (process.user.uid !== 0 || process.net.host.name !== process.net.name) {
    yield* writeText(process.stderr, "RTNETLINK answers: Operation not permitted\n");
    return 2;
  }
  if (found.loopback)
    return yield* fail(process, "not simulated in this sandbox: a host without its loopback interface");
  process.net.setInterface(wish === "up");
  return 0;
}
