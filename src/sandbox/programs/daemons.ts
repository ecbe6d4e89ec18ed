import { coredns } from "../../programs/coredns/main.ts";
import { etcdProgram } from "../../programs/etcd/main.ts";
import { httpd } from "../../programs/httpd/main.ts";
import { kubeApiserver } from "../../programs/kube-apiserver/main.ts";
import { kubeControllerManager } from "../../programs/kube-controller-manager/main.ts";
import { kubeProxy } from "../../programs/kube-proxy/main.ts";
import { kubeScheduler } from "../../programs/kube-scheduler/main.ts";
import { kubelet } from "../../programs/kubelet/main.ts";
import { nginx, nginxEntrypoint } from "../../programs/nginx/main.ts";
import { pause } from "../../programs/pause/main.ts";
import { redisServer } from "../../programs/redis/main.ts";
import { sshd } from "../../programs/ssh/sshd.ts";
import { ETCD_HOST_VERSIONS, ETCD_IMAGE_VERSION } from "../versions.ts";
import type { ProgramGroup } from "./program-group.ts";

/** What runs by itself: the cluster's components and the servers in images. */
export const daemons: ProgramGroup = (etcd) => ({
  coredns,
  etcd: etcdProgram(ETCD_HOST_VERSIONS[etcd]),
  "etcd-of-image": etcdProgram(ETCD_IMAGE_VERSION),
  httpd,
  "kube-apiserver": kubeApiserver,
  "kube-controller-manager": kubeControllerManager,
  "kube-proxy": kubeProxy,
  "kube-scheduler": kubeScheduler,
  kubelet,
  nginx,
  "nginx-entrypoint": nginxEntrypoint,
  pause,
  "redis-server": redisServer,
  sshd,
});
