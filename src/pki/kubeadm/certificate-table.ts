import type { PURPOSE_OIDS } from "../oid.ts";

/** What differs between control planes. */
export interface ControlPlaneNames {
  readonly nodeName: string;
  /** The API server's and etcd's address, for example `10.0.1.10`. */
  readonly advertiseAddress: string;
  /** First address of the service range, for example `10.96.0.1`. */
  readonly serviceAddress: string;
  /** For example `cluster.local`. */
  readonly dnsDomain: string;
  /** Further names or addresses of the API server (kubeadm's apiServer.certSANs). */
  readonly extraNames?: readonly string[];
}

export type AuthorityName = "ca" | "etcd-ca" | "front-proxy-ca";

/** kubeadm's CAs: where they lie under `/etc/kubernetes/pki` and what they are called. */
export const AUTHORITIES: readonly {
  readonly name: AuthorityName;
  readonly file: string;
  readonly commonName: string;
}[] = [
  { name: "ca", file: "ca", commonName: "kubernetes" },
  { name: "front-proxy-ca", file: "front-proxy-ca", commonName: "front-proxy-ca" },
  { name: "etcd-ca", file: "etcd/ca", commonName: "etcd-ca" },
];

/** A certificate that kubeadm makes; mirrors cmd/kubeadm/app/phases/certs/certlist.go. */
export interface CertificateSpec {
  /** kubeadm's name for it, as `kubeadm certs renew` takes it. */
  readonly name: string;
  /** Under `/etc/kubernetes/pki`, without `.crt` and `.key`. */
  readonly file: string;
  readonly authority: AuthorityName;
  readonly commonName: (names: ControlPlaneNames) => string;
  readonly purposes: readonly (keyof typeof PURPOSE_OIDS)[];
  readonly altNames?: (names: ControlPlaneNames) => readonly string[];
  /** How `kubeadm certs` speaks of it: `certificate for serving the Kubernetes API`. */
  readonly longName: string;
}

/** All certificates in files, in the order in which kubeadm makes them. */
export const CERTIFICATES: readonly CertificateSpec[] = [
  {
    name: "apiserver",
    file: "apiserver",
    authority: "ca",
    commonName: () => "kube-apiserver",
    purposes: ["serverAuth"],
    altNames: apiServerNames,
    longName: "certificate for serving the Kubernetes API",
  },
  {
    name: "apiserver-kubelet-client",
    file: "apiserver-kubelet-client",
    authority: "ca",
    commonName: () => "kube-apiserver-kubelet-client",
    purposes: ["clientAuth"],
    longName: "certificate for the API server to connect to kubelet",
  },
  {
    name: "front-proxy-client",
    file: "front-proxy-client",
    authority: "front-proxy-ca",
    commonName: () => "front-proxy-client",
    purposes: ["clientAuth"],
    longName: "certificate for the front proxy client",
  },
  {
    name: "etcd-server",
    file: "etcd/server",
    authority: "etcd-ca",
    commonName: ({ nodeName }) => nodeName,
    purposes: ["serverAuth", "clientAuth"],
    altNames: etcdNames,
    longName: "certificate for serving etcd",
  },
  {
    name: "etcd-peer",
    file: "etcd/peer",
    authority: "etcd-ca",
    commonName: ({ nodeName }) => nodeName,
    purposes: ["serverAuth", "clientAuth"],
    altNames: etcdNames,
    longName: "certificate for etcd nodes to communicate with each other",
  },
  {
    name: "etcd-healthcheck-client",
    file: "etcd/healthcheck-client",
    authority: "etcd-ca",
    commonName: () => "kube-etcd-healthcheck-client",
    purposes: ["clientAuth"],
    longName: "certificate for liveness probes to healthcheck etcd",
  },
  {
    name: "apiserver-etcd-client",
    file: "apiserver-etcd-client",
    authority: "etcd-ca",
    commonName: () => "kube-apiserver-etcd-client",
    purposes: ["clientAuth"],
    longName: "certificate the apiserver uses to access etcd",
  },
];

function apiServerNames(names: ControlPlaneNames): readonly string[] {
  const { nodeName, dnsDomain, serviceAddress, advertiseAddress, extraNames = [] } = names;
  const service = ["kubernetes", "kubernetes.default", "kubernetes.default.svc", `kubernetes.default.svc.${dnsDomain}`];
  return [nodeName, ...service, serviceAddress, advertiseAddress, ...extraNames];
}

function etcdNames({ nodeName, advertiseAddress }: ControlPlaneNames): readonly string[] {
  return [nodeName, "localhost", advertiseAddress, "127.0.0.1", "::1"];
}

/** A kubeconfig with a client certificate inside, under `/etc/kubernetes`. */
export interface KubeconfigSpec {
  /** kubeadm's name and the file's. */
  readonly name: "admin.conf" | "super-admin.conf" | "kubelet.conf" | "controller-manager.conf" | "scheduler.conf";
  readonly user: (nodeName: string) => string;
  readonly organizations: readonly string[];
  readonly longName: string;
}

/** The kubeconfigs in the order in which kubeadm writes them; kubelet.conf is not renewed by kubeadm. */
export const KUBECONFIGS: readonly KubeconfigSpec[] = [
  {
    name: "admin.conf",
    user: () => "kubernetes-admin",
    organizations: ["kubeadm:cluster-admins"],
    longName: "certificate embedded in the kubeconfig file for the admin to use and for kubeadm itself",
  },
  {
    name: "super-admin.conf",
    user: () => "kubernetes-super-admin",
    organizations: ["system:masters"],
    longName: "certificate embedded in the kubeconfig file for the super-admin",
  },
  {
    name: "kubelet.conf",
    user: (nodeName) => `system:node:${nodeName}`,
    organizations: ["system:nodes"],
    longName: "certificate embedded in the kubeconfig file for the kubelet",
  },
  {
    name: "controller-manager.conf",
    user: () => "system:kube-controller-manager",
    organizations: [],
    longName: "certificate embedded in the kubeconfig file for the controller manager to use",
  },
  {
    name: "scheduler.conf",
    user: () => "system:kube-scheduler",
    organizations: [],
    longName: "certificate embedded in the kubeconfig file for the scheduler manager to use",
  },
];
