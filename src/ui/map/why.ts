import { certificateText, WHY } from "./map-texts.ts";
import type { Hop, Way } from "./way.ts";

/** An explanation: sentences, and a line of a log that proves them. */
export interface Explanation {
  readonly hop: Hop | undefined;
  readonly sentences: readonly string[];
  readonly log: { readonly title: string; readonly line: string } | undefined;
}

/** Explains a failed command by the last of its own hops that failed: by facts of the way, never by the command's text. */
export function explain(way: Way): Explanation {
  const [command] = way;
  const hop = way.slice(1).findLast((each) => each.from.role === "command" && isFailure(each));
  if (hop === undefined) return { hop, sentences: [WHY.noFailedHop(command?.outcome?.text ?? "")], log: undefined };
  const tried = hop.times > 1 ? [WHY.times(hop.times)] : [];
  const log = hop.logLine === "" ? undefined : { title: WHY.log(hop.to.name), line: hop.logLine };
  return { hop, sentences: [...sentencesOf(hop), ...tried], log };
}

function isFailure({ kind, outcome }: Hop): boolean {
  return outcome === undefined ? kind === "handshake" : !outcome.ok;
}

function sentencesOf(hop: Hop): string[] {
  if (hop.kind === "connect") return [WHY.refused(hop)];
  if (hop.kind === "handshake") return hop.tls ? handshake(hop) : plain(hop);
  return [WHY.answered(hop), ...meaning(hop)];
}

function plain(hop: Hop): string[] {
  return [WHY.plain(hop), ...(hop.refusedBy === "server" ? [WHY.plainHungUp(hop)] : [])];
}

function handshake(hop: Hop): string[] {
  const { serverCertificate, clientCertificate, refusedBy, to } = hop;
  const outdated = serverCertificate === undefined ? [] : dates(serverCertificate, hop.at);
  const server =
    serverCertificate === undefined ? [] : [WHY.serverShowed(to.name, certificateText(serverCertificate)), ...outdated];
  if (refusedBy === undefined) return [WHY.unanswered(hop), ...server];
  if (refusedBy === "client")
    return [WHY.byClient(hop), ...(outdated.length > 0 ? [] : [WHY.notTrusted(hop)]), ...server];
  const client =
    clientCertificate === undefined
      ? [WHY.clientNone]
      : [WHY.clientShowed(certificateText(clientCertificate)), ...dates(clientCertificate, hop.at)];
  return [WHY.byServer(hop), ...client];
}

function dates({ notBefore, notAfter }: NonNullable<Hop["clientCertificate"]>, at: number): string[] {
  if (at > notAfter) return [WHY.expired(notAfter)];
  return at < notBefore ? [WHY.early(notBefore)] : [];
}

function meaning({ kind, outcome }: Hop): string[] {
  if (kind !== "request") return [];
  const sentence = {
    "401": WHY.unauthorized,
    "403": WHY.forbidden,
    "404": WHY.notFound,
    "409": WHY.conflict,
  }[outcome?.text.slice(0, 3) ?? ""];
  return sentence === undefined ? [] : [sentence];
}
