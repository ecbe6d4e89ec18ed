/** Ends a transfer: curl's exit code and what `curl: (N) ` is followed by. */
export class CurlError extends Error {
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.name = "CurlError";
    this.code = code;
  }
}

/** Exit codes of curl(1) that occur here. */
export const CODE = {
  unsupportedProtocol: 1,
  usage: 2,
  badUrl: 3,
  couldNotResolve: 6,
  couldNotConnect: 7,
  httpError: 22,
  writeFailed: 23,
  readFailed: 26,
  timedOut: 28,
  tlsConnect: 35,
  tooManyRedirects: 47,
  emptyReply: 52,
  sendFailed: 55,
  receiveFailed: 56,
  badClientCertificate: 58,
  badServerCertificate: 60,
  badCaFile: 77,
} as const;
