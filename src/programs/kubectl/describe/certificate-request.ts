import { fromBase64 } from "../../../base/bytes.ts";
import { humanDuration } from "../../../base/duration.ts";
import { type CertificateRequest, requestFromPem } from "../../../pki/certificate-request.ts";
import { DerError } from "../../../pki/der.ts";
import type { Task } from "../../../sim/task.ts";
import { CommandError } from "../core/failure.ts";
import { type Fields, listAt, numberAt, stringsAt, textAt } from "../core/fields.ts";
import type { Info } from "../core/info.ts";
import type { Kubectl } from "../core/kubectl.ts";
import { eventsFor, writeEvents } from "./events.ts";
import { type DescribeWriter, longTime } from "./writer.ts";

/** A CertificateSigningRequest and the request within (describe CertificateSigningRequestDescriber). */
export function* describeCertificateRequest(kubectl: Kubectl, info: Info, writer: DescribeWriter): Task<void> {
  const { object } = info;
  const request = readRequest(textAt(object, "spec", "request"));
  const events = yield* eventsFor(kubectl, info);
  writer.field(0, "Name", info.name);
  writer.labels(0, "Labels", stringsAt(object, "metadata", "labels"));
  writer.line(0, `Annotations:\t${annotationText(stringsAt(object, "metadata", "annotations"))}`);
  writer.field(0, "CreationTimestamp", longTime(textAt(object, "metadata", "creationTimestamp")));
  writer.field(0, "Requesting User", textAt(object, "spec", "username"));
  const signer = textAt(object, "spec", "signerName");
  if (signer !== "") writer.field(0, "Signer", signer);
  const seconds = numberAt(object, "spec", "expirationSeconds");
  if (seconds !== undefined) writer.field(0, "Requested Duration", humanDuration(seconds * 1000));
  writer.field(0, "Status", conditionText(object));
  writeSubject(writer, request);
  writeEvents(writer, events, kubectl.now);
}

function readRequest(encoded: string): CertificateRequest {
  const decoded = fromBase64(encoded);
  try {
    const request = "bytes" in decoded ? requestFromPem(new TextDecoder().decode(decoded.bytes)) : undefined;
    if (request !== undefined) return request;
  } catch (error) {
    if (!(error instanceof DerError)) throw error;
    throw new CommandError(`Error parsing CSR: ${error.message}`);
  }
  throw new CommandError("Error parsing CSR: PEM block type must be CERTIFICATE REQUEST");
}

/** One line each; unlike elsewhere, what apply keeps is shown (labels.FormatLabels). */
function annotationText(values: Readonly<Record<string, string>>): string {
  const keys = Object.keys(values).sort();
  if (keys.length === 0) return "<none>";
  return keys.map((key) => `${key}=${values[key] ?? ""}`).join(",");
}

/** As the table's CONDITION column. */
function conditionText(object: Fields): string {
  const types = listAt(object, "status", "conditions").map((one) => textAt(one, "type"));
  const verdict = ["Denied", "Approved"].find((type) => types.includes(type)) ?? "Pending";
  const failed = types.includes("Failed") ? ",Failed" : "";
  return verdict + failed + (textAt(object, "status", "certificate") === "" ? "" : ",Issued");
}

const SUBJECT_LISTS: readonly (readonly [attribute: string, heading: string])[] = [
  ["O", "Organization"],
  ["OU", "Organizational Unit"],
  ["C", "Country"],
  ["L", "Locality"],
  ["ST", "Province"],
  ["STREET", "StreetAddress"],
  ["POSTALCODE", "PostalCode"],
];

function writeSubject(writer: DescribeWriter, request: CertificateRequest): void {
  const values = (name: string) =>
    request.subject.attributes.filter(({ type }) => type === name).map(({ value }) => value);
  writer.line(0, "Subject:");
  writer.line(0, `\tCommon Name:\t${values("CN")[0] ?? ""}`);
  writer.line(0, `\tSerial Number:\t${values("SERIALNUMBER")[0] ?? ""}`);
  for (const [name, heading] of SUBJECT_LISTS) writeList(writer, heading, values(name));
  if (request.dnsNames.length + request.ipAddresses.length === 0) return;
  writer.line(0, "Subject Alternative Names:");
  writeList(writer, "DNS Names", request.dnsNames);
  writeList(writer, "IP Addresses", request.ipAddresses);
}

function writeList(writer: DescribeWriter, heading: string, values: readonly string[]): void {
  values.forEach((value, index) => {
    writer.line(0, `\t${index === 0 ? `${heading}:` : ""}\t${value}`);
  });
}
