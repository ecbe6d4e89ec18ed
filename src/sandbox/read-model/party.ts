import type { Certificate } from "../../pki/certificate.ts";
import { unsealed } from "../../pki/tls-frame.ts";
import { type HttpRequest, isHttp } from "../../sim/http.ts";
import type { Connection } from "../../sim/network.ts";
import type { Party, Role, ShownCertificate } from "./hop.ts";

/** Ports by which servers are known (kubeadm's defaults). */
const SERVERS: Readonly<Record<number, readonly [Role, string]>> = {
  2379: ["etcd", "etcd"],
  2381: ["etcd", "etcd"],
  6443: ["apiserver", "kube-apiserver"],
  10250: ["kubelet", "kubelet"],
  10257: ["controller-manager", "kube-controller-manager"],
  10259: ["scheduler", "kube-scheduler"],
};
const CLIENTS: Readonly<Record<string, Role>> = {
  kubelet: "kubelet",
  "kube-scheduler": "scheduler",
  "kube-controller-manager": "controller-manager",
  "kube-apiserver": "apiserver",
};

export function serverAt(host: string, port: number): Party {
  const [role, name] = SERVERS[port] ?? (["other", `port ${port}`] as const);
  return { role, host, name };
}

/** Who dialled a connection that no command led to, by the name it gives itself. */
export function clientOf(host: string, request: HttpRequest): Party {
  const agent = request.headers["user-agent"];
  const name = (typeof agent === "string" ? agent : "").split("/")[0] ?? "";
  return { role: CLIENTS[name] ?? "other", host, name: name === "" ? "a client" : name };
}

/** The program of a command, once it has said its name. */
export function commandParty(host: string, request?: HttpRequest): Party {
  const name = request === undefined ? "" : clientOf(host, request).name;
  return { role: "command", host, name: name === "" || name === "a client" ? "command" : name };
}

/** The request that opened a stream before anybody looked on. */
export function openingRequest({ lastSent }: Connection): HttpRequest | undefined {
  const frame = lastSent === undefined ? undefined : unsealed(lastSent);
  return frame !== undefined && isHttp(frame) && frame.http === "request" ? frame.request : undefined;
}

export function shown(chain: readonly Certificate[]): ShownCertificate | undefined {
  const [leaf] = chain;
  if (leaf === undefined) return undefined;
  const { subject, issuer, notBefore, notAfter } = leaf;
  return {
    subject: subject.commonName,
    organizations: subject.organizations,
    issuer: issuer.commonName,
    notBefore,
    notAfter,
  };
}
