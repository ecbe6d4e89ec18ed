import type { Hop } from "./way.ts";

/** All that the map says in words. */
export const MAP_TEXTS = {
  map: "Map of the cluster",
  empty: "Run a command in a terminal. Its way through the cluster is drawn here, step by step.",
  replay: "Replay the way from its beginning",
  play: "Go on",
  pause: "Pause",
  back: "One step back",
  forward: "One step forward",
  way: "The way, step by step",
  running: "runs…",
  place: (at: number, all: number) => `${at} of ${all}`,
  request: "Request",
  answer: "Answer",
  open: "no answer yet",
  nothing: "Nothing was said here that could be shown.",
  revision: (revision: number) => `etcd's revision after it: ${revision}`,
  connection: (dialler: string, dialled: string) => (dialler === "" ? dialled : `${dialler} → ${dialled}`),
  serverShowed: "The server showed",
  clientShowed: "The client showed",
  noCertificate: "no certificate",
  times: (count: number) => `${count} times`,
  from: (name: string, host: string) => `${name} on ${host}`,
  why: "Why?",
  whyName: "Why? What made the last command fail",
  showWay: "Show its way on the map",
  pods: (count: number) => (count === 1 ? "1 pod" : `${count} pods`),
  whyTitle: "Why it failed",
} as const;

const day = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

/** Why a command failed, of the facts of its way. */
export const WHY = {
  noFailedHop: (text: string) =>
    `No connection and no request of this command failed. The program itself ended with ${text}; what it printed says why.`,
  refused: ({ dialled, to }: Hop) =>
    `The connection to ${dialled} was refused: on ${to.host} no program listens on this port, so nothing was asked and no certificate was looked at.`,
  plain: ({ to, dialled }: Hop) =>
    `The program spoke to ${to.name} (${dialled}) without TLS. ${to.name} never answered it, so no certificate was shown by either side.`,
  plainHungUp: ({ to }: Hop) => `${to.name} hung up.`,
  unanswered: ({ to, dialled }: Hop) => `The connection to ${to.name} (${dialled}) was opened, and no answer came.`,
  byServer: ({ to, outcome }: Hop) =>
    `${to.name} refused the connection while certificates were checked. It says: “${outcome?.text ?? ""}”.`,
  byClient: ({ to, outcome }: Hop) =>
    `The program itself broke off: it does not accept the certificate that ${to.name} showed (“${outcome?.text ?? ""}”).`,
  notTrusted: ({ to }: Hop) =>
    `${to.name} did nothing wrong; the program has not been told which CA to trust, or the certificate does not fit.`,
  clientNone: "The program showed no certificate of its own.",
  clientShowed: (certificate: string) => `The program showed the certificate ${certificate}.`,
  serverShowed: (name: string, certificate: string) => `${name} showed the certificate ${certificate}.`,
  expired: (notAfter: number) => `That certificate was no longer valid: it ended on ${day(notAfter)}.`,
  early: (notBefore: number) => `That certificate was not yet valid: it begins on ${day(notBefore)}.`,
  answered: ({ to, what, outcome }: Hop) =>
    `The connection was fine. ${to.name} was asked “${what}” and answered ${outcome?.text ?? ""}.`,
  unauthorized: "It does not know who asked: no certificate or token that it trusts came with the request.",
  forbidden: "It knows who asked, and RBAC (or another check) does not allow them this.",
  notFound: "What was asked for is not there.",
  conflict: "What was sent does not fit what is there already.",
  log: (name: string) => `What ${name} wrote into its log about this very connection:`,
  times: (count: number) => `The program tried ${count} times; each time the same happened.`,
} as const;

/** `CN, organisations O, issued by …, valid …`. */
export function certificateText(certificate: NonNullable<Hop["clientCertificate"]>): string {
  const { subject, organizations, issuer, notBefore, notAfter } = certificate;
  const groups = organizations.length === 0 ? "" : ` (${organizations.join(", ")})`;
  return `“${subject}”${groups}, issued by “${issuer}”, valid ${day(notBefore)} to ${day(notAfter)}`;
}
