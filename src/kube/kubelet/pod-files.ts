import type { Pod } from "../api/types.generated.ts";
import type { PodContext } from "./pod-context.ts";

/** The name that a pod's processes see as their host's. */
export function podHostname(pod: Pod, nodeName: string): string {
  if (pod.spec.hostNetwork === true) return nodeName;
  return pod.spec.hostname ?? (pod.metadata.name ?? "").slice(0, 63).replace(/[-.]+$/, "");
}

/** /etc/hosts of a pod. Mirrors pkg/kubelet managedHostsFileContent. */
export function hostsFile(context: PodContext, pod: Pod, podIp: string): string {
  const extra = (pod.spec.hostAliases ?? [])
    .map((alias) => `${alias.ip}\t${(alias.hostnames ?? []).join("\t")}\n`)
    .join("");
  const added = extra === "" ? "" : `\n# Entries added by HostAliases.\n${extra}`;
  if (pod.spec.hostNetwork === true) {
    const own = context.fs.exists("/etc/hosts") ? context.fs.readText("/etc/hosts") : "127.0.0.1\tlocalhost\n";
    return `# Kubernetes-managed hosts file (host network).\n${own}${added}`;
  }
  const name = podHostname(pod, context.config.nodeName);
  const domain =
    pod.spec.subdomain === undefined
      ? ""
      : `${name}.${pod.spec.subdomain}.${pod.metadata.namespace}.svc.${context.config.clusterDomain}\t`;
  return (
    "# Kubernetes-managed hosts file.\n127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\n" +
    "fe00::0\tip6-localnet\nfe00::0\tip6-mcastprefix\nfe00::1\tip6-allnodes\nfe00::2\tip6-allrouters\n" +
    `${podIp}\t${domain}${name}\n${added}`
  );
}

/** /etc/resolv.conf of a pod, by its DNS policy. */
export function resolverFile(context: PodContext, pod: Pod): string {
  const policy = pod.spec.dnsPolicy ?? "ClusterFirst";
  const own = context.fs.exists("/etc/resolv.conf") ? context.fs.readText("/etc/resolv.conf") : "nameserver 10.0.0.2\n";
  const cluster = policy === "ClusterFirstWithHostNet" || (policy === "ClusterFirst" && pod.spec.hostNetwork !== true);
  if (policy === "None" || !cluster) return policy === "None" ? custom(pod) : own;
  const { clusterDomain, clusterDns } = context.config;
  if (clusterDns.length === 0) return own;
  const search = [`${pod.metadata.namespace}.svc.${clusterDomain}`, `svc.${clusterDomain}`, clusterDomain].join(" ");
  return `search ${search}\n${clusterDns.map((ip) => `nameserver ${ip}\n`).join("")}options ndots:5\n`;
}

function custom(pod: Pod): string {
  const { nameservers = [], searches = [] } = pod.spec.dnsConfig ?? {};
  const search = searches.length === 0 ? "" : `search ${searches.join(" ")}\n`;
  return search + nameservers.map((ip) => `nameserver ${ip}\n`).join("");
}
