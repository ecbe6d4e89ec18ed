/** What is known about a transfer, for `-w`, timeouts and the meter. Times are moments on the world's clock. */
export interface Facts {
  url: string;
  method: string;
  status: number;
  contentType: string;
  headerBytes: number;
  received: number;
  total: number | undefined;
  sent: number;
  redirects: number;
  redirectUrl: string;
  connects: number;
  http2: boolean;
  scheme: string;
  remoteIp: string;
  remotePort: number;
  localIp: string;
  localPort: number;
  verifyCode: number;
  fileName: string;
  startedAt: number;
  resolvedAt: number | undefined;
  connectedAt: number | undefined;
  securedAt: number | undefined;
  firstByteAt: number | undefined;
  /** Which part a timeout interrupts. */
  phase: "connecting" | "transferring";
}

export function newFacts(url: string, startedAt: number): Facts {
  return {
    url,
    method: "GET",
    status: 0,
    contentType: "",
    headerBytes: 0,
    received: 0,
    total: undefined,
    sent: 0,
    redirects: 0,
    redirectUrl: "",
    connects: 0,
    http2: false,
    scheme: "",
    remoteIp: "",
    remotePort: 0,
    localIp: "",
    localPort: 0,
    verifyCode: 0,
    fileName: "",
    startedAt,
    resolvedAt: undefined,
    connectedAt: undefined,
    securedAt: undefined,
    firstByteAt: undefined,
    phase: "connecting",
  };
}

/** The end of a transfer as `-w` sees it. */
export interface End {
  readonly at: number;
  readonly exitCode: number;
  readonly message: string;
}

/** Expands a `-w` format: `%{http_code}\n`. Unknown variables vanish, with a complaint that is returned beside. */
export function writeOut(format: string, facts: Facts, end: End): { text: string; complaint: string } {
  let complaint = "";
  const text = format.replace(
    /%%|%\{([^}]*)\}|\\([nrt])/g,
    (match, name: string | undefined, letter: string | undefined) => {
      if (letter !== undefined) return { n: "\n", r: "\r", t: "\t" }[letter] ?? "";
      if (name === undefined) return match.charAt(0);
      const value = variable(name, facts, end);
      if (value !== undefined) return value;
      complaint += `curl: unknown --write-out variable: '${name}'\n`;
      return "";
    },
  );
  return { text, complaint };
}

function variable(name: string, facts: Facts, end: End): string | undefined {
  const since = (at: number | undefined) => (at === undefined ? 0 : (at - facts.startedAt) / 1000).toFixed(6);
  const seconds = Math.max((end.at - facts.startedAt) / 1000, 1e-6);
  const values: Readonly<Record<string, () => string>> = {
    http_code: () => String(facts.status).padStart(3, "0"),
    response_code: () => String(facts.status).padStart(3, "0"),
    content_type: () => facts.contentType,
    errormsg: () => end.message,
    exitcode: () => String(end.exitCode),
    filename_effective: () => facts.fileName,
    http_version: () => (facts.status === 0 ? "0" : facts.http2 ? "2" : "1.1"),
    local_ip: () => facts.localIp,
    local_port: () => String(facts.localPort),
    method: () => facts.method,
    num_connects: () => String(facts.connects),
    num_redirects: () => String(facts.redirects),
    redirect_url: () => facts.redirectUrl,
    remote_ip: () => facts.remoteIp,
    remote_port: () => String(facts.remotePort),
    scheme: () => facts.scheme.toUpperCase(),
    size_download: () => String(facts.received),
    size_header: () => String(facts.headerBytes),
    size_upload: () => String(facts.sent),
    speed_download: () => String(Math.floor(facts.received / seconds)),
    speed_upload: () => String(Math.floor(facts.sent / seconds)),
    ssl_verify_result: () => String(facts.verifyCode),
    stdout: () => "",
    time_appconnect: () => since(facts.securedAt),
    time_connect: () => since(facts.connectedAt),
    time_namelookup: () => since(facts.resolvedAt),
    time_pretransfer: () => since(facts.securedAt ?? facts.connectedAt),
    time_redirect: () => "0.000000",
    time_starttransfer: () => since(facts.firstByteAt),
    time_total: () => since(end.at),
    url: () => facts.url,
    url_effective: () => facts.url,
  };
  return values[name]?.();
}
