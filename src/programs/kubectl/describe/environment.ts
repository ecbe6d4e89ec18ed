import { containerResource } from "../../../kube/api/container-resource.ts";
import type { Container } from "../../../kube/api/types.generated.ts";
import { at, type Fields, fieldsAt, listAt, textAt } from "../core/fields.ts";
import type { DescribeWriter } from "./writer.ts";

/** `Environment Variables from:` */
export function describeEnvFrom(writer: DescribeWriter, sources: readonly unknown[]): void {
  if (sources.length === 0) return;
  writer.raw(`    Environment Variables from:\n`);
  for (const source of sources) {
    const secret = at(source, "secretRef") !== undefined;
    const ref = fieldsAt(source, secret ? "secretRef" : "configMapRef");
    const prefix = textAt(source, "prefix");
    const suffix = prefix === "" ? "" : ` with prefix '${prefix}'`;
    writer.raw(
      `      ${textAt(ref, "name")}\t${secret ? "Secret" : "ConfigMap"}${suffix}\tOptional: ${ref["optional"] === true}\n`,
    );
  }
}

/** `Environment:` with where values come from. */
export function describeEnv(writer: DescribeWriter, container: Fields): void {
  const variables = listAt(container, "env");
  writer.raw(`    Environment:${variables.length === 0 ? "\t<none>" : ""}\n`);
  for (const variable of variables) {
    const name = textAt(variable, "name");
    const from = fieldsAt(variable, "valueFrom");
    if (Object.keys(from).length > 0) {
      writer.raw(`      ${name}:\t${sourceText(from, container)}\n`);
      continue;
    }
    textAt(variable, "value")
      .split("\n")
      .forEach((line, index) => {
        writer.raw(index === 0 ? `      ${name}:\t${line}\n` : `      \t${line}\n`);
      });
  }
}

function sourceText(from: Fields, container: Fields): string {
  if (Object.hasOwn(from, "fieldRef")) {
    return ` (${textAt(from, "fieldRef", "apiVersion") || "v1"}:${textAt(from, "fieldRef", "fieldPath")})`;
  }
  if (Object.hasOwn(from, "resourceFieldRef")) {
    const ref = fieldsAt(from, "resourceFieldRef");
    const resource = textAt(ref, "resource");
    const value = containerResource(container as unknown as Container, resource, textAt(ref, "divisor")) ?? "";
    const unlimited = value === "0" && ["limits.cpu", "limits.memory"].includes(resource);
    return `${unlimited ? "node allocatable" : value} (${resource})`;
  }
  if (Object.hasOwn(from, "secretKeyRef")) {
    const ref = fieldsAt(from, "secretKeyRef");
    return `<set to the key '${textAt(ref, "key")}' in secret '${textAt(ref, "name")}'>\tOptional: ${ref["optional"] === true}`;
  }
  const ref = fieldsAt(from, "configMapKeyRef");
  return `<set to the key '${textAt(ref, "key")}' of config map '${textAt(ref, "name")}'>\tOptional: ${ref["optional"] === true}`;
}
