import { writeText } from "../../../machine/file-descriptor.ts";
import type { Process, Program } from "../../../machine/process.ts";
import type { Task } from "../../../sim/task.ts";
import { fail } from "../options.ts";
import { addressText, briefText, type Interface, interfacesOf, linkText } from "./interface.ts";
import { type IpOptions, readIpOptions } from "./options.ts";

/** `ip` accepts a beginning of a word: of these the first that fits (ip.c, ipaddress.c, iplink.c). */
const OBJECTS = [
  ...["address", "addrlabel", "maddress", "route", "rule", "neighbor", "neighbour", "ntable", "ntbl", "link", "l2tp"],
  ...["fou", "ila", "macsec", "tunnel", "tunl", "tuntap", "tap", "token", "tcpmetrics", "monitor", "xfrm", "mroute"],
  ...["mrule", "netns", "netconf", "vrf", "sr", "nexthop", "mptcp", "ioam", "help", "stats", "amt"],
];
const VERBS = {
  address: ["add", "change", "chg", "replace", "delete", "show", "lst", "list", "flush", "save", "showdump", "restore"],
  link: ["add", "set", "change", "replace", "delete", "show", "list", "lst", "xstats", "afstats", "property"],
};
/** What a selection may name besides devices. */
const SELECTORS = {
  address: ["scope", "to", "label", "group", "master", "nomaster", "vrf", "type", "permanent", "dynamic", "primary"],
  link: ["group", "master", "nomaster", "vrf", "type"],
};
/** What can be set of a link. */
const SETTINGS = [
  ...["mtu", "name", "address", "broadcast", "txqueuelen", "qlen", "alias", "netns", "arp", "dynamic", "multicast"],
  ...["allmulticast", "promisc", "trailers", "carrier", "group", "master", "nomaster", "type", "vf", "xdp", "state"],
];
const USAGE = `Usage: ip [ OPTIONS ] OBJECT { COMMAND | help }
where  OBJECT := { address | link | help }
       OPTIONS := { -V[ersion] | -h[uman-readable] | -iec | -t[imestamp] |
                    -f[amily] { inet | inet6 } | -4 | -6 |
                    -br[ief] | -o[neline] | -c[olor]=never }
`;
const USAGES = {
  address: "Usage: ip address [ show [ dev IFNAME ] [up] ]\n",
  link: `Usage: ip link set { DEVICE | dev DEVICE } { up | down }

	ip link show [ DEVICE | dev DEVICE ] [up]

	ip link help
`,
};
const VERSION = "ip utility, iproute2-6.1.0, libbpf 1.1.2\n";
const INCOMPLETE = 'Command line is not complete. Try option "help"';

type Shown = keyof typeof VERBS;

/**
 * ip of iproute2: addresses and links, and `ip link set eth0 up|down`, by which a node is cut off. Layout, messages and
 * statuses as iproute2 6.1 has them; its usage names what is here.
 */
export const ip: Program = function* (process) {
  const options = readIpOptions(process.argv.slice(1));
  if (options.kind === "wrong") return yield* fail(process, options.message, options.code);
  if (options.kind === "version") {
    yield* writeText(process.stdout, VERSION);
    return 0;
  }
  const [object, ...rest] = options.kind === "help" ? ["help"] : options.words;
  const known = object === undefined ? "help" : OBJECTS.find((each) => each.startsWith(object));
  if (known === undefined) return yield* fail(process, `Object "${object}" is unknown, try "ip help".`);
  if (options.kind === "help" || known === "help") return yield* complain(process, USAGE);
  if (known === "address" || known === "link") return yield* run(process, known, rest, options);
  return yield* fail(process, `not simulated in this sandbox: ip ${known}`);
};

function* run(
  process: Process,
  object: Shown,
  [word = "show", ...operands]: readonly string[],
  options: IpOptions,
): Task<number> {
  const verb = [...VERBS[object], "help"].find((each) => each.startsWith(word));
  switch (verb) {
    case undefined:
      return yield* complain(process, `Command "${word}" is unknown, try "ip ${object} help".\n`);
    case "help":
      return yield* complain(process, USAGES[object]);
    case "show":
    case "list":
    case "lst":
      return yield* show(process, object, operands, options);
    case "set":
      return yield* setLink(process, operands);
    default:
      return yield* fail(process, `not simulated in this sandbox: ip ${object} ${verb}`);
  }
}

function* complain(process: Process, text: string): Task<number> {
  yield* writeText(process.stderr, text);
  return 255;
}

function garbage(word: string): string {
  return `Error: either "dev" is duplicate, or "${word}" is a garbage.`;
}

/** Takes `NAME` and `dev NAME` out of operands; `onWord` says of each other word whether it is one of the command's. */
function* device(
  process: Process,
  object: Shown,
  operands: readonly string[],
  onWord: (word: string) => "known" | "strange" | "not simulated",
): Task<string | undefined> {
  let name: string | undefined;
  for (let at = 0; at < operands.length; at++) {
    let word = operands[at] ?? "";
    const meaning = word === "dev" ? "strange" : onWord(word);
    if (meaning === "known") continue;
    if (meaning === "not simulated") yield* fail(process, `not simulated in this sandbox: ip ${object} ${word}`);
    if (word === "dev") {
      if (++at >= operands.length) yield* fail(process, INCOMPLETE, 255);
      word = operands[at] ?? "";
    }
    if (name !== undefined) yield* fail(process, garbage(word), 255);
    name = word;
  }
  return name;
}

function* show(process: Process, what: Shown, operands: readonly string[], options: IpOptions): Task<number> {
  const name = yield* device(process, what, operands, (word) => {
    if (word === "up") return "known";
    return SELECTORS[what].includes(word) ? "not simulated" : "strange";
  });
  const named = interfacesOf(process).filter((each) => name === undefined || each.name === name);
  if (named.length === 0) return yield* fail(process, `Device "${name}" does not exist.`);
  const found = operands.includes("up") ? named.filter(({ up }) => up) : named;
  yield* writeText(process.stdout, found.map((each) => textOf(each, what, options)).join(""));
  return 0;
}

function textOf(one: Interface, what: Shown, { family, brief, oneLine }: IpOptions): string {
  if (what === "link") return brief ? briefText(one, undefined) : linkText(one, oneLine);
  const ips = one.ips.filter((ip) => family === undefined || ip.includes(":") === (family === "inet6"));
  if (family !== undefined && ips.length === 0) return "";
  return brief ? briefText(one, ips) : addressText(one, ips, family, oneLine);
}

/** `ip link set [dev] NAME up|down`. */
function* setLink(process: Process, operands: readonly string[]): Task<number> {
  let wish: string | undefined;
  const name = yield* device(process, "link", operands, (word) => {
    if (word === "up" || word === "down") {
      wish = word;
      return "known";
    }
    return SETTINGS.includes(word) ? "not simulated" : "strange";
  });
  if (name === undefined) return yield* fail(process, 'Not enough information: "dev" argument is required.', 255);
  const found = interfacesOf(process).find((each) => each.name === name);
  if (found === undefined) return yield* fail(process, `Cannot find device "${name}"`);
  if (wish === undefined) return 0;
  if (process.user.uid !== 0 || process.net.host.name !== process.net.name)
    return yield* fail(process, "RTNETLINK answers: Operation not permitted", 2);
  if (found.loopback && wish === "down")
    return yield* fail(process, "not simulated in this sandbox: a host without its loopback interface");
  if (!found.loopback) process.net.setInterface(wish === "up");
  return 0;
}
