import { at, type Fields, fields, fieldsAt, listAt, numberAt, textAt } from "../core/fields.ts";
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
    const lines = volumeLines(fields(volume));
    for (const [key, value] of lines) writer.raw(`    ${key}:\t${value}\n`);
  }
}

type Lines = readonly (readonly [string, string])[];

function volumeLines(volume: Fields): Lines {
  const kind = Object.keys(volume).find((key) => key !== "name") ?? "";
  const source = fieldsAt(volume, kind);
  const known = VOLUMES[kind];
  return known === undefined ? [["Type", `${kind}`]] : known(source);
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
  downwardAPI: () => [["Type", "DownwardAPI (a volume populated by information about the pod)"]],
  nfs: (source) => [
    ["Type", "NFS (an NFS mount that lasts the lifetime of a pod)"],
    ["Server", textAt(source, "server")],
    ["Path", textAt(source, "path")],
    ["ReadOnly", String(at(source, "readOnly") === true)],
  ],
  projected: (source) => [
    ["Type", "Projected (a volume that contains injected data from multiple sources)"],
    ...listAt(source, "sources").flatMap(projectedLines),
  ],
};

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
