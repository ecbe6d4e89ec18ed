import { expect, test } from "vitest";
import { ip as program } from "../../../../src/programs/system/ip/ip.ts";
import { runProgram } from "../../../support/machine.ts";

function ip(line: string) {
  const { stdout, stderr, exitCode } = runProgram({
    programs: { ip: program },
    argv: ["ip", ...line.split(" ").filter((word) => word !== "")],
  });
  return { out: stdout + stderr, exitCode };
}

// What ip of iproute2 6.1.0 (Debian 12) said.
const LINK = `1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue state UNKNOWN mode DEFAULT group default qlen 1000
    link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00
`;
const INET = `    inet 127.0.0.1/8 scope host lo
       valid_lft forever preferred_lft forever
`;
const INET6 = `    inet6 ::1/128 scope host 
       valid_lft forever preferred_lft forever
`;
const HEAD = "1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue state UNKNOWN group default qlen 1000\n";
const HARDWARE = "    link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00\n";
const GARBAGE = (word: string) => `Error: either "dev" is duplicate, or "${word}" is a garbage.\n`;
const INCOMPLETE = 'Command line is not complete. Try option "help"\n';

test.each([
  ["link show lo", LINK, 0],
  ["-h -iec -t l lst dev lo", LINK, 0],
  ["-co=never -6 link show up lo", LINK, 0],
  ["-- link sh lo", LINK, 0],
  ["-o link show lo", `${LINK.trimEnd().replace("\n", "\\")}\n`, 0],
  ["-br -6 link show lo", "lo               UNKNOWN        00:00:00:00:00:00 <LOOPBACK,UP,LOWER_UP> \n", 0],
  ["addr s lo", HEAD + HARDWARE + INET + INET6, 0],
  ["-f inet addr show lo", HEAD + INET, 0],
  ["-4 -6 addr show lo", `1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 state UNKNOWN qlen 1000\n${INET6}`, 0],
  ["-br -o addr show lo", "lo               UNKNOWN        127.0.0.1/8 ::1/128 \n", 0],
  ["-fam inet6 --br addr show lo", "lo               UNKNOWN        ::1/128 \n", 0],
  [
    "-o addr show lo",
    "1: lo    inet 127.0.0.1/8 scope host lo\\       valid_lft forever preferred_lft forever\n" +
      "1: lo    inet6 ::1/128 scope host \\       valid_lft forever preferred_lft forever\n",
    0,
  ],
  ["-V foo", "ip utility, iproute2-6.1.0, libbpf 1.1.2\n", 0],
  ["foo", 'Object "foo" is unknown, try "ip help".\n', 1],
  ["-foo link", 'Option "-foo" is unknown, try "ip -help".\n', 255],
  ["-vers", 'Option "-vers" is unknown, try "ip -help".\n', 255],
  ["-c=foo link", 'Option "-c=foo" is unknown, try "ip -help".\n', 255],
  ["-f foo link", 'Error: argument "foo" is wrong: invalid protocol family\n', 255],
  ["link foo", 'Command "foo" is unknown, try "ip link help".\n', 255],
  ["addr lo", 'Command "lo" is unknown, try "ip address help".\n', 255],
  ["addr set", 'Command "set" is unknown, try "ip address help".\n', 255],
  ["link show nosuch", 'Device "nosuch" does not exist.\n', 1],
  ["link show foo bar", GARBAGE("bar"), 255],
  ["link show dev lo dev lo", GARBAGE("lo"), 255],
  ["link show lo -br", GARBAGE("-br"), 255],
  ["addr show dev lo extra", GARBAGE("extra"), 255],
  ["addr show dev", INCOMPLETE, 255],
  ["link s", 'Not enough information: "dev" argument is required.\n', 255],
  ["link set dev", INCOMPLETE, 255],
  ["link set nosuch up foo", GARBAGE("foo"), 255],
])("ip %s", (line, out, exitCode) => {
  expect(ip(line)).toEqual({ out, exitCode });
});

test.each(["", "-h", "help", "he", "-he", "-f", "-br help", "link help", "link he", "a h"])(
  "ip %s tells how it is used",
  (line) => {
    const { out, exitCode } = ip(line);
    expect(out).toMatch(/^Usage: ip /);
    expect(exitCode).toBe(255);
  },
);

test.each([
  ["-j link", "ip -j"],
  ["-c link", "ip -c"],
  ["-s link show lo", "ip -s"],
  ["-f link addr", "ip -family link"],
  ["route", "ip route"],
  ["n", "ip neighbor"],
  ["addr add 10.0.0.1/24 dev eth0", "ip address add"],
  ["link delete eth0", "ip link delete"],
  ["link show type veth", "ip link type"],
  ["link set lo mtu 9000", "ip link mtu"],
  ["link set lo down", "a host without its loopback interface"],
])("ip %s is not simulated, and says so", (line, what) => {
  expect(ip(line)).toEqual({ out: `not simulated in this sandbox: ${what}\n`, exitCode: 1 });
});
