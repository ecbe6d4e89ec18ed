import { OUTSIDE_NAME_SERVER } from "../dns/outside.ts";
import type { TreeEntry } from "../vfs/node-image.ts";
import { CONTAINERD_UNIT } from "./containerd/daemon.ts";
import type { User } from "./process.ts";

export const ROOT_USER: User = { name: "root", uid: 0, gid: 0, home: "/root" };

const DIRECTORY: TreeEntry = { directory: true };

/** Devices that every host and every container has. */
export const DEVICE_TREE: Readonly<Record<string, TreeEntry>> = {
  "/dev/null": { device: "null" },
  "/dev/zero": { device: "zero" },
  "/dev/full": { device: "full" },
  "/dev/random": { device: "random" },
  "/dev/urandom": { device: "urandom" },
  "/dev/tty": { device: "tty" },
  "/dev/fd": { symlink: "/proc/self/fd" },
  "/dev/stdin": { symlink: "/proc/self/fd/0" },
  "/dev/stdout": { symlink: "/proc/self/fd/1" },
  "/dev/stderr": { symlink: "/proc/self/fd/2" },
};

/** A Debian-like host's files before anything is installed. */
export function baseTree(
  hostname: string,
  addresses: readonly string[],
  users: readonly User[],
): Record<string, TreeEntry> {
  return {
    ...DEVICE_TREE,
    "/bin": { symlink: "usr/bin" },
    "/sbin": { symlink: "usr/sbin" },
    "/lib": { symlink: "usr/lib" },
    "/boot": DIRECTORY,
    // Time is kept by NTP unless somebody turns that off.
    "/etc/systemd/system/sysinit.target.wants/systemd-timesyncd.service": {
      symlink: "/usr/lib/systemd/system/systemd-timesyncd.service",
    },
    "/home": DIRECTORY,
    "/media": DIRECTORY,
    "/mnt": DIRECTORY,
    "/opt": DIRECTORY,
    "/proc": DIRECTORY,
    "/root": { directory: true, mode: 0o700 },
    "/run": DIRECTORY,
    "/srv": DIRECTORY,
    "/sys": DIRECTORY,
    "/tmp": { directory: true, mode: 0o1777 },
    "/usr/bin": DIRECTORY,
    "/usr/bin/containerd": { program: "containerd" },
    "/usr/lib/systemd/system/containerd.service": CONTAINERD_UNIT,
    "/usr/sbin/init": { symlink: "/usr/lib/systemd/systemd" },
    "/usr/lib": DIRECTORY,
    "/usr/local/bin": DIRECTORY,
    "/usr/local/sbin": DIRECTORY,
    "/usr/sbin": DIRECTORY,
    "/usr/share": DIRECTORY,
    "/var/cache": DIRECTORY,
    "/var/lib": DIRECTORY,
    "/var/log": DIRECTORY,
    "/var/run": { symlink: "/run" },
    "/var/tmp": { directory: true, mode: 0o1777 },
    ...etcTree(hostname, addresses, users),
    ...homes(users),
  };
}

function etcTree(hostname: string, addresses: readonly string[], users: readonly User[]): Record<string, TreeEntry> {
  const hosts = addresses.map((address) => `${address} ${hostname}\n`).join("");
  return {
    "/etc/hostname": `${hostname}\n`,
    "/etc/hosts": `127.0.0.1 localhost\n::1 localhost ip6-localhost ip6-loopback\n${hosts}`,
    "/etc/resolv.conf": `nameserver ${OUTSIDE_NAME_SERVER}\nsearch ec2.internal\n`,
    "/etc/passwd": users.map(passwdLine).join(""),
    "/etc/group": users.map((user) => `${user.name}:x:${user.gid}:\n`).join(""),
    "/etc/shells": "/bin/sh\n/bin/bash\n",
    "/etc/machine-id": { text: `${machineId(hostname)}\n`, mode: 0o444 },
    "/etc/os-release": OS_RELEASE,
    "/etc/systemd/system": DIRECTORY,
    "/etc/systemd/system/multi-user.target.wants/containerd.service": {
      symlink: "/usr/lib/systemd/system/containerd.service",
    },
    "/etc/crictl.yaml": "runtime-endpoint: unix:///run/containerd/containerd.sock\n",
  };
}

const OS_RELEASE = `PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"
NAME="Debian GNU/Linux"
VERSION_ID="12"
VERSION="12 (bookworm)"
VERSION_CODENAME=bookworm
ID=debian
`;

function passwdLine(user: User): string {
  return `${user.name}:x:${user.uid}:${user.gid}:${user.name}:${user.home}:/bin/bash\n`;
}

function homes(users: readonly User[]): Record<string, TreeEntry> {
  const entries: Record<string, TreeEntry> = {};
  for (const user of users)
    if (user.uid !== 0) entries[user.home] = { directory: true, mode: 0o755, uid: user.uid, gid: user.gid };
  return entries;
}

/** 32 hexadecimal digits that are the host's own and always the same. */
function machineId(hostname: string): string {
  let state = 0x811c9dc5;
  let digits = "";
  for (let round = 0; round < 4; round++) {
    for (const char of hostname + round) state = Math.imul(state ^ char.charCodeAt(0), 0x01000193);
    digits += (state >>> 0).toString(16).padStart(8, "0");
  }
  return digits;
}
