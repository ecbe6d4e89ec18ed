import { goSort } from "../../../base/go-sort.ts";
import { formatLabelSelector } from "../../../kube/api/labels.ts";
import type { LabelSelector } from "../../../kube/api/types.generated.ts";
import { at, type Fields, fields, fieldsAt, listAt, numberAt, stringsAt, textAt } from "../core/fields.ts";
import type { DescribeWriter } from "./writer.ts";

/** `Volumes:` of a pod or template. */
export function describeVolumes(writer: DescribeWriter, volumes: readonly unknown[], space: string): void {
  if (volumes.length === 0) {
    writer.raw(`${space}Volumes:\t<none>\n`);
    return;
  }
  writer.raw(`${space}Volumes:\n`);
  const nameIndent = space === "" ? "  " : "   ";
  for (const volume of volumes) {
    writer.raw(`${nameIndent}${textAt(volume, "name")}:\n`);
    describeVolumeSource(writer, fields(volume));
  }
}

type Lines = readonly (readonly [string, string])[];

/** What a volume is of; `holder` has it in a field that is named after its kind. */
export function describeVolumeSource(writer: DescribeWriter, holder: Fields): void {
  const kind = Object.keys(holder).find((key) => VOLUMES[key] !== undefined) ?? "";
  // What goes on below its name has no cell of its own.
  for (const [key, value] of VOLUMES[kind]?.(fieldsAt(holder, kind)) ?? [])
    writer.raw(`    ${key}:${value.startsWith("\n") ? "" : "\t"}${value}\n`);
}

const VOLUMES: Readonly<Record<string, (source: Fields) => Lines>> = {
  hostPath: (source) => [
    ["Type", "HostPath (bare host directory volume)"],
    ["Path", textAt(source, "path")],
    ["HostPathType", textAt(source, "type")],
  ],
  emptyDir: (source) => [
    ["Type", "EmptyDir (a temporary directory that shares a pod's lifetime)"],
    ["Medium", textAt(source, "medium")],
    ["SizeLimit", textAt(source, "sizeLimit") || "<unset>"],
  ],
  configMap: (source) => [
    ["Type", "ConfigMap (a volume populated by a ConfigMap)"],
    ["Name", textAt(source, "name")],
    ["Optional", String(at(source, "optional") === true)],
  ],
  secret: (source) => [
    ["Type", "Secret (a volume populated by a Secret)"],
    ["SecretName", textAt(source, "secretName")],
    ["Optional", String(at(source, "optional") === true)],
  ],
  persistentVolumeClaim: (source) => [
    ["Type", "PersistentVolumeClaim (a reference to a PersistentVolumeClaim in the same namespace)"],
    ["ClaimName", textAt(source, "claimName")],
    ["ReadOnly", String(at(source, "readOnly") === true)],
  ],
  downwardAPI: (source) => [
    ["Type", "DownwardAPI (a volume populated by information about the pod)"],
    ["Items", downwardItems(listAt(source, "items"))],
  ],
  nfs: (source) => [
    ["Type", "NFS (an NFS mount that lasts the lifetime of a pod)"],
    ["Server", textAt(source, "server")],
    ["Path", textAt(source, "path")],
    ["ReadOnly", String(at(source, "readOnly") === true)],
  ],
  local: (source) => [
    ["Type", "LocalVolume (a persistent volume backed by local storage on a node)"],
    ["Path", textAt(source, "path")],
  ],
  csi: (source) => [
    ["Type", "CSI (a Container Storage Interface (CSI) volume source)"],
    ["Driver", textAt(source, "driver")],
    ["FSType", textAt(source, "fsType")],
    ...(Object.hasOwn(source, "volumeHandle") ? [["VolumeHandle", textAt(source, "volumeHandle")] as const] : []),
    ["ReadOnly", String(at(source, "readOnly") === true)],
    ["VolumeAttributes", attributeLines(stringsAt(source, "volumeAttributes"))],
  ],
  projected: (source) => [
    ["Type", "Projected (a volume that contains injected data from multiple sources)"],
    ...listAt(source, "sources").flatMap(projectedLines),
  ],
};

function attributeLines(attributes: Readonly<Record<string, string>>): string {
  const keys = Object.keys(attributes).sort();
  return keys.length === 0 ? "<none>" : keys.map((key) => `    ${key}=${attributes[key]}`).join("\n\t");
}

function downwardItems(items: readonly unknown[]): string {
  return items
    .map((item) => {
      const field = textAt(item, "fieldRef", "fieldPath");
      const resource = textAt(item, "resourceFieldRef", "resource");
      return `\n      ${field === "" ? resource : field} -> ${textAt(item, "path")}`;
    })
    .join("");
}

function projectedLines(source: unknown): Lines {
  if (at(source, "secret") !== undefined) {
    return [
      ["SecretName", textAt(source, "secret", "name")],
      ["Optional", String(at(source, "secret", "optional") === true)],
    ];
  }
  if (at(source, "downwardAPI") !== undefined) return [["DownwardAPI", "true"]];
  if (at(source, "configMap") !== undefined) {
    return [
      ["ConfigMapName", textAt(source, "configMap", "name")],
      ["Optional", String(at(source, "configMap", "optional") === true)],
    ];
  }
  if (at(source, "serviceAccountToken") !== undefined) {
    return [["TokenExpirationSeconds", String(numberAt(source, "serviceAccountToken", "expirationSeconds") ?? 3600)]];
  }
  return [];
}

/** `Topology Spread Constraints:` one a line. */
export function describeSpread(writer: DescribeWriter, constraints: readonly unknown[], space: string): void {
  const key = (one: unknown) => textAt(one, "topologyKey");
  goSort(constraints, (a, b) => key(a) < key(b)).forEach((one, index) => {
    const skew = numberAt(one, "maxSkew") ?? 0;
    const selector = at(one, "labelSelector") as LabelSelector | undefined;
    const where = selector == null ? "" : ` for selector ${formatLabelSelector(selector)}`;
    const text = `${key(one)}:${textAt(one, "whenUnsatisfiable")} when max skew ${skew} is exceeded${where}`;
    writer.raw(`${space}${index === 0 ? "Topology Spread Constraints:" : ""}\t${text}\n`);
  });
}

/** `Tolerations:` one a line. */
export function describeTolerations(writer: DescribeWriter, tolerations: readonly unknown[], space: string): void {
  if (tolerations.length === 0) {
    writer.raw(`${space}Tolerations:\t<none>\n`);
    return;
  }
  const texts = tolerations.map(tolerationText);
  const sorted = tolerations.map((one, index) => ({ key: textAt(one, "key"), text: texts[index] ?? "", index }));
  sorted.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : a.index - b.index));
  sorted.forEach(({ text }, index) => {
    writer.raw(index === 0 ? `${space}Tolerations:\t${text}\n` : `${space}\t${text}\n`);
  });
}

function tolerationText(one: unknown): string {
  const key = textAt(one, "key");
  const value = textAt(one, "value");
  const effect = textAt(one, "effect");
  const seconds = numberAt(one, "tolerationSeconds");
  const operator = textAt(one, "operator");
  let text = key;
  if (value !== "") text += `=${value}`;
  if (effect !== "") text += `:${effect}`;
  if (operator === "Exists" && value === "") text += key === "" && effect === "" ? "op=Exists" : " op=Exists";
  if (seconds !== undefined) text += ` for ${seconds}s`;
  return text;
}
