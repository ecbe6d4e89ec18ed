import { writeText } from "../../machine/file-descriptor.ts";
import type { Program } from "../../machine/process.ts";

/** Programs that a host has and the sandbox does not imitate, with what is missing. */
export const REFUSED_PROGRAMS: Readonly<Record<string, string>> = {
  dmesg: "the kernel's messages",
  top: "use of processor and memory; try ps",
  htop: "use of processor and memory; try ps",
  strace: "tracing of system calls",
  tcpdump: "captures of packets",
  iptables: "packet filters",
  "iptables-save": "packet filters",
  nft: "packet filters",
  ipvsadm: "IPVS",
  lsof: "owners of files and sockets; try ss -lnt",
  modprobe: "kernel modules",
  lsmod: "kernel modules",
  sysctl: "kernel settings",
  swapoff: "swap",
  lsblk: "block devices; try df",
  fdisk: "block devices; try df",
  docker: "Docker; the node runs containerd, try crictl",
  nerdctl: "nerdctl; try crictl",
  ctr: "containerd's own client; try crictl",
  apt: "installing packages",
  "apt-get": "installing packages",
  dpkg: "installing packages",
  useradd: "adding users",
  passwd: "passwords",
  crontab: "cron",
  helm: "Helm",
  kustomize: "kustomize as a program of its own; try kubectl kustomize",
  git: "git",
  python3: "Python",
  python: "Python",
  perl: "Perl",
  node: "Node.js",
  go: "the Go tools",
  make: "make",
  gcc: "compilers",
  ifconfig: "network interfaces; try hostname -I",
  route: "routes",
  ping: "ICMP; try nc -zv HOST PORT",
  traceroute: "ICMP; try nc -zv HOST PORT",
  dig: "DNS lookups outside of pods; see /etc/hosts",
  nslookup: "DNS lookups outside of pods; see /etc/hosts",
  host: "DNS lookups outside of pods; see /etc/hosts",
  telnet: "telnet; try nc HOST PORT",
  wget: "wget; try curl",
  rsync: "rsync; try scp or tar over ssh",
  zip: "zip archives; try tar",
  unzip: "zip archives; try tar",
  bzip2: "bzip2; try gzip",
  xz: "xz; try gzip",
  tmux: "terminal multiplexers; open another tab",
  screen: "terminal multiplexers; open another tab",
  bc: "bc; try $((...)) or awk",
  emacs: "emacs; try vi or nano",
  loginctl: "login sessions",
  usermod: "adding users",
  adduser: "adding users",
  ufw: "packet filters",
  "systemd-analyze": "boot times",
  minikube: "minikube",
  kind: "kind",
  k9s: "k9s",
};

/** A program that says what it does not imitate. */
function refusal(what: string): Program {
  return function* (process) {
    yield* writeText(process.stderr, `not simulated in this sandbox: ${what}\n`);
    return 1;
  };
}

export const REFUSALS: Readonly<Record<string, Program>> = Object.fromEntries(
  Object.entries(REFUSED_PROGRAMS).map(([name, what]) => [name, refusal(what)]),
);
