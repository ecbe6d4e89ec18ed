import { nameOfKey } from "../storage-place.ts";
import type { TopologyName } from "../topology.ts";
import type { Advice, Consequences, ObjectName } from "./consequences.ts";

const NAMES_MAX = 6;
const GROUPS_MAX = 4;
/** How etcd's own tools get in, by topology: kubeadm's etcd asks for certificates, the bare one for nothing. */
const ETCD_FLAGS: Readonly<Record<TopologyName, string>> = {
  kubeadm:
    "--cacert=/etc/kubernetes/pki/etcd/ca.crt --cert=/etc/kubernetes/pki/etcd/server.crt --key=/etc/kubernetes/pki/etcd/server.key ",
  bare: "",
};

/**
 * What to do instead or before, as it follows from what happened. `keys` are those that were there before. Without an API
 * server there is nobody else to ask than etcd.
 */
export function advise(seen: Omit<Consequences, "advice">, keys: Iterable<string>, topology: TopologyName): Advice[] {
  const advice: Advice[] = [];
  if (seen.straight !== undefined && topology === "kubeadm")
    advice.push(...insteadOfEtcd(seen.straight.deletedKeys, seen.straight.putKeys, keys));
  const away = seen.etcdAway.length > 0 || seen.apiErrors.length > 0;
  if (seen.straight !== undefined || away)
    advice.push({
      text: "Have a snapshot of etcd before; it is how an operator comes back.",
      command: `etcdctl ${ETCD_FLAGS[topology]}snapshot save /root/before.db`,
    });
  if (seen.straight === undefined && seen.lost.length > 0)
    advice.push(...keepFirst(seen.lost.filter(({ owned }) => !owned)));
  if (advice.length > 0)
    advice.push({ text: "Or remember the whole sandbox, to go back to.", command: "lab checkpoint before" });
  return advice;
}

function insteadOfEtcd(deleted: readonly string[], put: readonly string[], keys: Iterable<string>): Advice[] {
  const advice: Advice[] = [];
  const commands = deletions(groupsOf(deleted.map(nameOfKey)), groupsOf([...keys].map(nameOfKey)));
  const text =
    "Nobody was asked: deleted in etcd, objects go without grace period, finalizers and garbage collection. The API server sees to these, or refuses:";
  for (const [index, command] of commands.slice(0, GROUPS_MAX).entries())
    advice.push({ text: index === 0 ? text : "", command });
  if (commands.length > GROUPS_MAX)
    advice.push({ text: `… and ${commands.length - GROUPS_MAX} more kinds and namespaces`, command: undefined });
  if (put.some((key) => nameOfKey(key).name !== ""))
    advice.push({
      text: "What is put into etcd is not validated; the API server refuses what it could not read again: use kubectl apply, edit or patch.",
      command: undefined,
    });
  return advice;
}

/** Commands that delete the same through the API server; `were` is what was there. */
function deletions(
  gone: ReadonlyMap<string, readonly ObjectName[]>,
  were: ReadonlyMap<string, readonly ObjectName[]>,
): string[] {
  const everywhere = new Set([...gone.values()].map(([first]) => first?.resource ?? ""));
  for (const [place, [first]] of were)
    if (gone.get(place)?.length !== were.get(place)?.length) everywhere.delete(first?.resource ?? "");
  const commands = [...gone].map(([place, names]) => {
    const [{ resource, namespace } = { resource: "", namespace: "" }] = names;
    return everywhere.has(resource) && namespace !== ""
      ? `kubectl delete ${resource} --all-namespaces --all`
      : deletion(names, names.length === were.get(place)?.length);
  });
  return [...new Set(commands)];
}

function deletion(names: readonly ObjectName[], isAll: boolean): string {
  const [{ resource, namespace } = { resource: "", namespace: "" }] = names;
  const where = namespace === "" ? "" : ` -n ${namespace}`;
  const which = isAll && names.length > 1 ? "--all" : names.map(({ name }) => name).join(" ");
  return `kubectl delete ${resource}${where} ${which}`;
}

function keepFirst(lost: readonly ObjectName[]): Advice[] {
  const groups = [...groupsOf(lost.filter(({ name }) => name !== ""))].slice(0, GROUPS_MAX);
  return groups.map(([, names], index) => {
    const [{ resource, namespace } = { resource: "", namespace: "" }] = names;
    const where = namespace === "" ? "" : ` -n ${namespace}`;
    const which = names.length > NAMES_MAX ? "" : ` ${names.map(({ name }) => name).join(" ")}`;
    return {
      text: index === 0 ? "What does not come back can be kept first." : "",
      command: `kubectl get ${resource}${where}${which} -o yaml > ${[resource, namespace, "before"].filter((part) => part !== "").join("-")}.yaml`,
    };
  });
}

/** By kind and namespace; keys that are no object's are left out. */
function groupsOf(names: readonly ObjectName[]): Map<string, ObjectName[]> {
  const groups = new Map<string, ObjectName[]>();
  for (const name of names) {
    if (name.name === "") continue;
    const place = `${name.resource} ${name.namespace}`;
    const group = groups.get(place);
    if (group === undefined) groups.set(place, [name]);
    else group.push(name);
  }
  return groups;
}
