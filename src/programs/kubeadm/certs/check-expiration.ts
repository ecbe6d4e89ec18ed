import { strftime } from "../../../base/calendar.ts";
import type { ParsedFlags } from "../../../base/cli/flag-set.ts";
import { shortHumanDuration } from "../../../base/duration.ts";
import { rfc3339 } from "../../../base/rfc3339.ts";
import { alignTabs } from "../../../base/table.ts";
import { emitYaml } from "../../../base/yaml/emit.ts";
import { AUTHORITIES } from "../../../pki/kubeadm/certificate-table.ts";
import type { Task } from "../../../sim/task.ts";
import { type KubeadmContext, KubeadmError, print } from "../context.ts";
import { certificateConfiguration } from "./configuration.ts";
import { RENEWABLES, RenewalManager } from "./renewal.ts";

/** One row: what is known of a certificate or an authority. */
interface Expiration {
  readonly name: string;
  /** Undefined: there is no such file. */
  readonly notAfter: number | undefined;
  /** Of certificates only. */
  readonly caName?: string;
  readonly externallyManaged: boolean;
}

const TABS = { minWidth: 10, padding: 3 };

/** `certs check-expiration`. */
export function* runCheckExpiration(context: KubeadmContext, parsed: ParsedFlags): Task<number> {
  const output = parsed.string("output");
  if (!["text", "json", "yaml"].includes(output)) throw new KubeadmError(`invalid output format: ${output}`);
  const configuration = yield* certificateConfiguration(context, parsed, "check-expiration", output !== "text");
  const manager = new RenewalManager(context, configuration);
  const certificates = RENEWABLES.map((each): Expiration => {
    const { name, authority: caName } = each;
    if (!manager.exists(each)) return { name, notAfter: undefined, caName, externallyManaged: false };
    const { notAfter } = manager.read(each);
    return { name, notAfter, caName, externallyManaged: manager.isExternallyManaged(caName) };
  });
  const authorities = [...AUTHORITIES]
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ name, file }): Expiration => {
      if (!context.process.fs.exists(`${manager.pki.path}/${file}.crt`))
        return { name, notAfter: undefined, externallyManaged: false };
      const { notAfter } = manager.pki.certificate(file);
      return { name, notAfter, externallyManaged: manager.isExternallyManaged(name) };
    });
  const { now } = context.process.clock;
  yield* print(
    context,
    output === "text" ? table(certificates, authorities, now) : formatted(output, certificates, authorities, now),
  );
  return 0;
}

function table(certificates: readonly Expiration[], authorities: readonly Expiration[], now: number): string {
  const lines = [
    "CERTIFICATE\tEXPIRES\tRESIDUAL TIME\tCERTIFICATE AUTHORITY\tEXTERNALLY MANAGED",
    ...certificates.map((each) => row(each, now, [each.caName ?? ""])),
    "",
    "CERTIFICATE AUTHORITY\tEXPIRES\tRESIDUAL TIME\tEXTERNALLY MANAGED",
    ...authorities.map((each) => row(each, now, [])),
  ];
  return `${alignTabs(lines.join("\n"), TABS)}\n`;
}

function row({ name, notAfter, externallyManaged }: Expiration, now: number, middle: readonly string[]): string {
  if (notAfter === undefined) return `!MISSING! ${name}\t\t\t${middle.map(() => "\t").join("")}`;
  const managed = (externallyManaged ? "yes" : "no").padEnd(8);
  return [name, dateText(notAfter), shortHumanDuration(notAfter - now), ...middle, managed].join("\t");
}

/** Go's `Jan 02, 2006 15:04 MST`. */
function dateText(ms: number): string {
  return strftime("%b %d, %Y %R UTC", ms);
}

function formatted(
  output: string,
  certificates: readonly Expiration[],
  authorities: readonly Expiration[],
  now: number,
): string {
  const fields = ({ name, notAfter, caName, externallyManaged }: Expiration) => ({
    name,
    expirationDate: notAfter === undefined ? null : rfc3339(notAfter),
    residualTime: notAfter === undefined ? 0 : Math.trunc((notAfter - now) / 1000),
    externallyManaged,
    ...(caName === undefined ? {} : { caName }),
    missing: notAfter === undefined,
  });
  const info = {
    kind: "CertificateExpirationInfo",
    apiVersion: "output.kubeadm.k8s.io/v1alpha3",
    certificates: certificates.map(fields),
    certificateAuthorities: authorities.map(fields),
  };
  return output === "yaml" ? emitYaml(info) : `${JSON.stringify(info, null, 4)}\n`;
}
