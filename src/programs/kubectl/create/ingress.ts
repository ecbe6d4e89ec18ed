import { CommandError } from "../core/failure.ts";
import type { Fields } from "../core/fields.ts";
import type { Kubectl } from "../core/kubectl.ts";
import { generatorCommand } from "./generator.ts";

interface Rule {
  readonly host: string;
  readonly path: string;
  readonly pathType: string;
  readonly backend: Fields;
  readonly tls: string | undefined;
}

/** kubectl create ingress */
export const ingress = generatorCommand({
  name: "ingress",
  path: "create ingress",
  aliases: ["ing"],
  use: "NAME --rule=host/path=service:port[,tls[=secret]] ",
  short: "Create an ingress with the specified name",
  resource: { group: "networking.k8s.io", version: "v1", resource: "ingresses", namespaced: true },
  noun: "ingress",
  *make(kubectl, name) {
    const defaultBackend = kubectl.flag("default-backend");
    const rules = kubectl.parsed.list("rule").map(parseRule);
    if (rules.length === 0 && defaultBackend === "") {
      throw new CommandError(
        "not enough information provided: every ingress has to either specify a default-backend (which catches all traffic) or a list of rules (which catch specific paths)",
      );
    }
    const annotations = annotationsOf(kubectl);
    const className = kubectl.flag("class");
    const tls = tlsEntries(rules);
    return {
      kind: "Ingress",
      apiVersion: "networking.k8s.io/v1",
      metadata: { name, ...(annotations === undefined ? {} : { annotations }) },
      spec: {
        ...(className === "" ? {} : { ingressClassName: className }),
        ...(defaultBackend === "" ? {} : { defaultBackend: backend(defaultBackend) }),
        ...(tls.length === 0 ? {} : { tls }),
        ...(rules.length === 0 ? {} : { rules: ruleEntries(rules) }),
      },
      status: { loadBalancer: {} },
    };
  },
});

function annotationsOf(kubectl: Kubectl): Record<string, string> | undefined {
  const given = kubectl.parsed.list("annotation");
  if (given.length === 0) return undefined;
  const result: Record<string, string> = {};
  for (const text of given) {
    const equals = text.indexOf("=");
    if (equals < 0) throw new CommandError(`annotation ${text} is invalid and should be in format key=[value]`);
    result[text.slice(0, equals)] = text.slice(equals + 1);
  }
  return result;
}

function parseRule(text: string): Rule {
  const match =
    /^(?<host>[^/=,]*)(?<path>\/[^=,]*)?=(?<service>[^=,:]+):(?<port>[^=,]+)(?<tls>,tls(?:=(?<secret>[^=,]*))?)?$/.exec(
      text,
    );
  if (match?.groups === undefined || match.groups["path"] === undefined) {
    throw new CommandError(`rule ${text} is invalid and should be in format host/path=svcname:svcport[,tls[=secret]]`);
  }
  const { host = "", path = "", service = "", port = "", tls, secret } = match.groups;
  const prefix = path.endsWith("*");
  return {
    host,
    path: prefix ? path.slice(0, -1) : path,
    pathType: prefix ? "Prefix" : "Exact",
    backend: backend(`${service}:${port}`),
    tls: tls === undefined ? undefined : (secret ?? ""),
  };
}

function backend(text: string): Fields {
  const [name = "", port = "", ...more] = text.split(":");
  if (name === "" || port === "" || more.length > 0) {
    throw new CommandError(`default-backend should be in format servicename:serviceport`);
  }
  return { service: { name, port: /^\d+$/.test(port) ? { number: Number(port) } : { name: port } } };
}

function tlsEntries(rules: readonly Rule[]): Fields[] {
  const bySecret = new Map<string, string[]>();
  for (const rule of rules) {
    if (rule.tls === undefined) continue;
    const hosts = bySecret.get(rule.tls) ?? [];
    if (rule.host !== "" && !hosts.includes(rule.host)) hosts.push(rule.host);
    bySecret.set(rule.tls, hosts);
  }
  return [...bySecret].map(([secretName, hosts]) => ({
    ...(hosts.length === 0 ? {} : { hosts }),
    ...(secretName === "" ? {} : { secretName }),
  }));
}

function ruleEntries(rules: readonly Rule[]): Fields[] {
  const byHost = new Map<string, Fields[]>();
  for (const rule of rules) {
    const paths = byHost.get(rule.host) ?? [];
    paths.push({ path: rule.path, pathType: rule.pathType, backend: rule.backend });
    byHost.set(rule.host, paths);
  }
  return [...byHost].map(([host, paths]) => ({ ...(host === "" ? {} : { host }), http: { paths } }));
}
