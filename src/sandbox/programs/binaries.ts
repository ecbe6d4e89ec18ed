import type { GroupName } from "./program-group.ts";

/** Where a binary is installed: on every host, on a node, on a host that runs etcd itself; nowhere: only in images. */
export type BinaryPlace = "everywhere" | "node" | "etcd-host";

export interface Binary {
  readonly name: string;
  readonly group: GroupName;
  readonly on: readonly BinaryPlace[];
}

const EVERYWHERE =
  "[ dd echo false printf pwd test true awk base64 basename cat chmod chown clear cmp column cp curl cut date diff dirname du egrep env fgrep find grep head jq less ln ls md5sum mkdir mktemp more mv nice nl nohup openssl paste printenv " +
  "readlink realpath rev rm rmdir sed seq sha1sum sha256sum sleep sort ssh stat strings sudo tac tail tee timeout touch tr tty uniq vi view vim watch wc which xargs xxd yes " +
  "arch crictl df free groups halt hostname id journalctl kill killall mount netstat nproc pgrep pkill poweroff ps reboot shutdown ss sync systemctl umount uname uptime whoami " +
  "dmesg top htop strace tcpdump iptables iptables-save nft ipvsadm lsof modprobe lsmod sysctl swapoff lsblk fdisk docker nerdctl ctr apt apt-get dpkg useradd passwd crontab";
const DAEMONS_OF_IMAGES =
  "coredns etcd-of-image httpd kube-apiserver kube-controller-manager kube-proxy kube-scheduler nginx nginx-entrypoint pause redis-server";

function binaries(names: string, group: GroupName, on: readonly BinaryPlace[]): Binary[] {
  return names.split(" ").map((name) => ({ name, group, on }));
}

/** Every binary but the shells. A test holds this against the groups' code. */
export const BINARIES: readonly Binary[] = [
  ...binaries(EVERYWHERE, "tools", ["everywhere"]),
  ...binaries("kubectl", "tools", ["node"]),
  ...binaries("etcdctl etcdutl", "tools", ["node", "etcd-host"]),
  ...binaries("etcdctl-of-image etcdutl-of-image", "tools", []),
  ...binaries("kubelet sshd", "daemons", ["node"]),
  ...binaries("etcd", "daemons", ["etcd-host"]),
  ...binaries(DAEMONS_OF_IMAGES, "daemons", []),
];
