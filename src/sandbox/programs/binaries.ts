import type { GroupName } from "./program-group.ts";

/** Where a binary is installed: on every host, on a node, on a host that runs etcd itself; nowhere: only in images. */
export type BinaryPlace = "everywhere" | "node" | "etcd-host";

export interface Binary {
  readonly name: string;
  readonly group: GroupName;
  readonly on: readonly BinaryPlace[];
}

const EVERYWHERE =
  "[ adduser apt apt-get arch awk base64 basename bc bzip2 cat chmod chown clear cmp column cp crictl " +
  "crontab ctr curl cut date dd df diff dig dirname dmesg docker dpkg du echo egrep emacs env expr fallocate false " +
  "fdisk fgrep find free gcc git go grep groups gunzip gzip halt head helm hexdump host hostname hostnamectl " +
  "htop id ifconfig ip iptables iptables-save ipvsadm journalctl jq k9s kill killall kind kustomize lab less " +
  "ln loginctl ls lsb_release lsblk lsmod lsof make man md5sum minikube mkdir mktemp modprobe more mount mv " +
  "nano nc nerdctl netcat netstat nft nice nl node nohup nproc nslookup openssl passwd paste perl pgrep pico " +
  "ping pkill poweroff printenv printf ps pwd python python3 readlink realpath reboot rev rm rmdir route " +
  "rsync reset screen sed seq sha1sum sha256sum shutdown sleep sort ss ssh stat strace strings stty sudo swapoff sync " +
  "sysctl systemctl systemd-analyze tac tail tar tcpdump tee telnet test timedatectl timeout tmux top touch tput " +
  "tr traceroute true truncate tty ufw umount uname uniq unzip uptime useradd usermod vi view vim watch wc wget which " +
  "whoami xargs xxd xz yes zcat zip";
const DAEMONS_OF_IMAGES =
  "coredns etcd-of-image httpd kube-apiserver kube-controller-manager kube-proxy kube-scheduler nginx nginx-entrypoint pause redis-server";

function binaries(names: string, group: GroupName, on: readonly BinaryPlace[]): Binary[] {
  return names.split(" ").map((name) => ({ name, group, on }));
}

/** Every binary but the shells. A test holds this against the groups' code. */
export const BINARIES: readonly Binary[] = [
  ...binaries(EVERYWHERE, "tools", ["everywhere"]),
  ...binaries("kubectl kubeadm", "tools", ["node"]),
  ...binaries("etcdctl etcdutl", "tools", ["node", "etcd-host"]),
  ...binaries("busybox-nslookup busybox-wget etcdctl-of-image etcdutl-of-image", "tools", []),
  ...binaries("kubelet sshd", "daemons", ["node"]),
  ...binaries("etcd", "daemons", ["etcd-host"]),
  ...binaries(DAEMONS_OF_IMAGES, "daemons", []),
];
