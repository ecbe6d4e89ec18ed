import type { Program } from "../../machine/process.ts";
import { crictl } from "./crictl/main.ts";
import { df, mount, sync, umount } from "./disks.ts";
import { arch, free, groups, hostname, id, nproc, uname, uptime, whoami } from "./host-facts.ts";
import { hostnamectl, lsbRelease } from "./host-status.ts";
import { ip } from "./ip/ip.ts";
import { journalctl } from "./journalctl.ts";
import { kill, killall, pgrep, pkill } from "./kill.ts";
import { halt, poweroff, reboot, shutdown } from "./power.ts";
import { ps } from "./ps.ts";
import { REFUSALS } from "./refusals.ts";
import { netstat, ss } from "./sockets.ts";
import { systemctl } from "./systemctl/main.ts";
import { timedatectl } from "./timedatectl.ts";

/** Programs about the host itself, by the name under which /usr/bin has them. */
export const SYSTEM_PROGRAMS: Readonly<Record<string, Program>> = {
  arch,
  crictl,
  df,
  free,
  groups,
  halt,
  hostname,
  hostnamectl,
  id,
  ip,
  journalctl,
  kill,
  killall,
  lsb_release: lsbRelease,
  mount,
  netstat,
  nproc,
  pgrep,
  pkill,
  poweroff,
  ps,
  reboot,
  shutdown,
  ss,
  sync,
  systemctl,
  timedatectl,
  umount,
  uname,
  uptime,
  whoami,
  ...REFUSALS,
};
