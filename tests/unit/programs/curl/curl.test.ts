import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parseCertPool } from "../../../../src/pki/certificate-parser.ts";
import { loadKeyPair } from "../../../../src/pki/key-pair.ts";
import { tlsAccept } from "../../../../src/pki/tls.ts";
import { TlsError, type TlsServerConfig } from "../../../../src/pki/tls-config.ts";
import { curl } from "../../../../src/programs/curl/main.ts";
import { openssl } from "../../../../src/programs/openssl/main.ts";
import type { Channel } from "../../../../src/sim/channel.ts";
import {
  bodyText,
  type HttpExchange,
  type HttpResponse,
  jsonBody,
  newStream,
  serveHttp,
  textBody,
} from "../../../../src/sim/http.ts";
import { sleep, type Task } from "../../../../src/sim/task.ts";
import type { TreeEntry } from "../../../../src/vfs/node-image.ts";
import { newMachine, runProgram } from "../../../support/machine.ts";

const PKI = join(import.meta.dirname, "../../../transcripts/etcd/pki");
const pem = (name: string) => readFileSync(join(PKI, name), "utf8");
const files: Record<string, TreeEntry> = {
  "/etc/hosts": { text: "127.0.0.1 localhost\n10.0.1.10 host\n" },
  "/work/body": { text: "a\nb\n" },
};
for (const name of readdirSync(PKI)) files[`/work/pki/${name}`] = { bytes: readFileSync(join(PKI, name)) };

const machine = newMachine({ programs: { curl, openssl }, files });
const { kernel } = machine;
const server = kernel.network.station("host");
if (server === undefined) throw new Error("no station");

function tls(name: string, changes: Partial<TlsServerConfig> = {}): TlsServerConfig {
  const certificate = loadKeyPair(pem(`${name}.crt`), pem(`${name}.key`));
  return { certificate, clientCas: parseCertPool(pem("ca.crt")), clientAuth: "none", ...changes };
}

function* handler({ request }: HttpExchange): Task<HttpResponse> {
  if (request.path === "/echo") {
    const names = Object.keys(request.headers).map((name) => `${name}: ${String(request.headers[name])}\n`);
    return {
      status: 200,
      headers: {},
      body: textBody(`${request.method}\n${names.join("")}\n${bodyText(request.body)}`),
    };
  }
  if (request.path === "/moved") return { status: 302, headers: { location: "/h" }, body: textBody("") };
  if (request.path === "/watch") return { status: 200, headers: {}, body: watch() };
  if (request.path === "/slow") yield* sleep(kernel.clock, 60_000);
  if (request.path.startsWith("/h")) {
    return { status: 200, headers: { "content-type": "application/json" }, body: jsonBody({ health: "true" }) };
  }
  return { status: 404, headers: {}, body: textBody("404 page not found\n") };
}

function watch() {
  const stream = newStream();
  kernel.tasks.spawn(
    "watch",
    (function* (): Task<void> {
      for (const line of ["one\n", "two\n"]) {
        yield* sleep(kernel.clock, 1000);
        stream.items.push(textBody(line));
      }
      stream.items.close();
    })(),
  );
  return stream;
}

function listen(port: number, serve: (channel: Channel) => Task<void>): void {
  const listener = server?.listen("0.0.0.0", port);
  kernel.tasks.spawn(
    "server",
    (function* (): Task<void> {
      for (;;) {
        const channel = yield* (listener ?? never()).accept();
        if (channel === undefined) return;
        kernel.tasks.spawn("connection", serve(channel));
      }
    })(),
  );
}

function never(): never {
  throw new Error("no listener");
}

const http = (channel: Channel) => serveHttp(kernel.tasks, channel, handler);
const https = (config: TlsServerConfig) =>
  function* (channel: Channel): Task<void> {
    try {
      yield* serveHttp(kernel.tasks, yield* tlsAccept(channel, config, kernel.clock), handler);
    } catch (error) {
      if (!(error instanceof TlsError)) throw error;
    }
  };
listen(80, http);
listen(443, https(tls("server")));
listen(444, https(tls("badsan-server")));
listen(445, https(tls("expired-server")));
listen(446, https(tls("server", { clientAuth: "require-and-verify", protocols: ["h2", "http/1.1"] })));
listen(447, https(tls("server", { answersPlainHttp: true })));
listen(448, https(tls("cnonly-server")));
listen(90, function* (channel) {
  yield* channel.receive();
  channel.close();
});
listen(91, function* (channel) {
  yield* channel.receive();
  channel.reset();
});
server.droppedPorts.add(92);

const run = (line: string) => {
  const result = runProgram({ machine, argv: ["curl", ...line.split(" ")], cwd: "/work" });
  return { out: result.stdout, err: result.stderr, code: result.exitCode };
};
const CA = "--cacert pki/ca.crt";
const ABOUT_CERTIFICATES =
  "More details here: https://curl.se/docs/sslcerts.html\n\ncurl failed to verify the legitimacy of the server and therefore could not\nestablish a secure connection to it. To learn more about this situation and\nhow to fix it, please visit the web page mentioned above.\n";

describe("what Debian's curl 7.88 says when it fails", () => {
  const cases: [string, number, string][] = [
    [
      "-sS http://127.0.0.1:1/",
      7,
      "curl: (7) Failed to connect to 127.0.0.1 port 1 after 0 ms: Couldn't connect to server\n",
    ],
    ["-sS http://nohost/", 6, "curl: (6) Could not resolve host: nohost\n"],
    ["-s http://nohost/", 6, ""],
    ["-sS foo://x", 1, 'curl: (1) Protocol "foo" not supported or disabled in libcurl\n'],
    ["-sS http://", 3, "curl: (3) URL using bad/illegal format or missing URL\n"],
    ["-sS http://127.0.0.1:99999/", 3, "curl: (3) URL using bad/illegal format or missing URL\n"],
    ["-sS", 2, "curl: no URL specified!\ncurl: try 'curl --help' or 'curl --manual' for more information\n"],
    [
      "-sS --bogus x",
      2,
      "curl: option --bogus: is unknown\ncurl: try 'curl --help' or 'curl --manual' for more information\n",
    ],
    [
      "-sS -o",
      2,
      "curl: option -o: requires parameter\ncurl: try 'curl --help' or 'curl --manual' for more information\n",
    ],
    [
      "-sS -m x u",
      2,
      "curl: option -m: expected a proper numerical parameter\ncurl: try 'curl --help' or 'curl --manual' for more information\n",
    ],
    ["-sSf http://127.0.0.1/nofile", 22, "curl: (22) The requested URL returned error: 404\n"],
    ["-sS http://127.0.0.1:443/", 52, "curl: (52) Empty reply from server\n"],
    ["-sS https://127.0.0.1:80/", 35, "curl: (35) OpenSSL/3.0.22: error:0A00010B:SSL routines::wrong version number\n"],
    [
      "-sS https://127.0.0.1:443/",
      60,
      `curl: (60) SSL certificate problem: unable to get local issuer certificate\n${ABOUT_CERTIFICATES}`,
    ],
    [
      `-sS ${CA} https://127.0.0.1:444/`,
      60,
      `curl: (60) SSL: no alternative certificate subject name matches target host name '127.0.0.1'\n${ABOUT_CERTIFICATES}`,
    ],
    [
      `-sS ${CA} https://localhost:444/`,
      60,
      `curl: (60) SSL: no alternative certificate subject name matches target host name 'localhost'\n${ABOUT_CERTIFICATES}`,
    ],
    [
      `-sS ${CA} https://127.0.0.1:445/`,
      60,
      `curl: (60) SSL certificate problem: certificate has expired\n${ABOUT_CERTIFICATES}`,
    ],
    ["-sS --cacert nofile https://127.0.0.1/", 77, "curl: (77) error setting certificate file: nofile\n"],
    [
      "-sS --cacert pki/garbage.crt https://127.0.0.1/",
      77,
      "curl: (77) error setting certificate file: pki/garbage.crt\n",
    ],
    [
      `-sS ${CA} --cert nofile https://127.0.0.1/`,
      58,
      "curl: (58) could not load PEM client certificate from nofile, OpenSSL error error:80000002:system library::No such file or directory, (no key found, wrong pass phrase, or wrong file format?)\n",
    ],
    [
      `-sS ${CA} --cert pki/alice-client.crt --key nofile https://127.0.0.1/`,
      58,
      "curl: (58) unable to set private key file: 'nofile' type PEM\n",
    ],
    [
      `-sS ${CA} --cert pki/alice-client.crt https://127.0.0.1/`,
      58,
      "curl: (58) unable to set private key file: 'pki/alice-client.crt' type PEM\n",
    ],
    [
      `-sS ${CA} --cert pki/alice-client.crt --key pki/server.key https://127.0.0.1/`,
      58,
      "curl: (58) unable to set private key file: 'pki/server.key' type PEM\n",
    ],
    [
      `-sS ${CA} https://127.0.0.1:446/`,
      56,
      "curl: (56) OpenSSL SSL_read: OpenSSL/3.0.22: error:0A00045C:SSL routines::tlsv13 alert certificate required, errno 0\n",
    ],
    [
      `-sS ${CA} --cert pki/rogue-client.crt --key pki/rogue-client.key https://127.0.0.1:446/`,
      56,
      "curl: (56) OpenSSL SSL_read: OpenSSL/3.0.22: error:0A000418:SSL routines::tlsv1 alert unknown ca, errno 0\n",
    ],
    [
      "-sS https://127.0.0.1:90/",
      35,
      "curl: (35) OpenSSL SSL_connect: SSL_ERROR_SYSCALL in connection to 127.0.0.1:90 \n",
    ],
    ["-sS https://127.0.0.1:91/", 35, "curl: (35) Recv failure: Connection reset by peer\n"],
    ["-sS http://127.0.0.1:91/", 56, "curl: (56) Recv failure: Connection reset by peer\n"],
    ["-sS --max-time 1 http://127.0.0.1:92/", 28, "curl: (28) Connection timed out after 1001 milliseconds\n"],
    [
      "-sS --connect-timeout 1 http://127.0.0.1:92/",
      28,
      "curl: (28) Failed to connect to 127.0.0.1 port 92 after 1001 ms: Timeout was reached\n",
    ],
    [
      "-sS --max-time 2 http://127.0.0.1/slow",
      28,
      "curl: (28) Operation timed out after 2001 milliseconds with 0 bytes received\n",
    ],
    ["-sS -o /nodir/x http://127.0.0.1/h", 23, "curl: (23) Failure writing output to destination\n"],
    ["-sS -O http://127.0.0.1/", 23, "curl: (23) Failed writing received data to disk/application\n"],
    [
      `-sS ${CA} --resolve other:443:127.0.0.1 https://other/h`,
      60,
      `curl: (60) SSL: no alternative certificate subject name matches target host name 'other'\n${ABOUT_CERTIFICATES}`,
    ],
  ];
  it.each(cases)("curl %s", (line, code, err) => {
    expect(run(line)).toEqual({ out: "", err, code });
  });
});

describe("what is missing", () => {
  it("says so", () => {
    expect(run("-sT file http://localhost/")).toEqual({
      out: "",
      err: "not simulated in this sandbox: curl -T\n",
      code: 1,
    });
    expect(run("--retry 3 http://localhost/").err).toBe("not simulated in this sandbox: curl --retry\n");
  });
});

describe("transfers", () => {
  it("prints bodies over http, https, with client certificates and without any check", () => {
    const ok = { out: '{"health":"true"}\n', err: "", code: 0 };
    expect(run("-s localhost/h")).toEqual(ok);
    expect(run("-s http://host:80/h")).toEqual(ok);
    expect(run("-sk https://127.0.0.1:444/h")).toEqual(ok);
    expect(run(`-s ${CA} https://127.0.0.1:448/h`)).toEqual(ok);
    expect(run(`-s ${CA} -E pki/alice-client.crt --key pki/alice-client.key https://127.0.0.1:446/h`)).toEqual(ok);
    expect(run("-s http://127.0.0.1:447/h").out).toBe("Client sent an HTTP request to an HTTPS server.\n");
  });

  it("sends methods, headers and data", () => {
    expect(run("-s -X PUT -d x=1 -d @body -H X-A:b -u me:pw -A agent http://localhost/echo").out).toBe(
      "PUT\nhost: localhost\nauthorization: Basic bWU6cHc=\nuser-agent: agent\naccept: */*\nx-a: b\ncontent-length: 6\ncontent-type: application/x-www-form-urlencoded\n\nx=1&ab",
    );
    expect(run("-s -G -d a=1 --data-urlencode b=c&d http://localhost/h?z=1 -w %{url_effective}").out).toContain(
      "/h?z=1",
    );
    expect(run('-s --json {"a":1} http://localhost/echo').out).toContain("accept: application/json\n");
  });

  it("follows redirects only when told", () => {
    expect(run("-s http://localhost/moved -w %{http_code}-%{redirect_url}").out).toBe("302-http://localhost/h");
    expect(run("-sL http://localhost/moved -w %{http_code}-%{num_redirects}").out).toBe('{"health":"true"}\n200-1');
  });

  it("writes files and reports", () => {
    expect(run("-s -o got http://localhost/h -w %{http_code}\\n")).toEqual({ out: "200\n", err: "", code: 0 });
    expect(machine.fs.readText("/work/got")).toBe('{"health":"true"}\n');
    expect(run("-s -O http://localhost/hello").code).toBe(0);
    expect(machine.fs.readText("/work/hello")).toBe('{"health":"true"}\n');
    expect(run("-s -o /dev/null http://127.0.0.1:1/ -w %{http_code}").out).toBe("000");
  });

  it("streams as it comes", () => {
    const process = machine.start({ argv: ["curl", "-sN", "http://localhost/watch"] });
    expect(run("-sN http://localhost/watch").out).toBe("one\ntwo\n");
    process.kill("SIGTERM");
  });

  it("shows heads, and on http/2 in its form", () => {
    expect(run("-sI http://localhost/h").out).toMatch(
      /^HTTP\/1\.1 200 OK\r\nContent-Type: application\/json\r\nDate: .* GMT\r\nContent-Length: 18\r\n\r\n$/,
    );
    const secure = run(`-si ${CA} --cert pki/alice-client.crt --key pki/alice-client.key https://127.0.0.1:446/h`);
    expect(secure.out).toMatch(/^HTTP\/2 200 \r\ncontent-type: application\/json\r\n/);
  });

  it("talks about what it does", () => {
    expect(run("-sv http://127.0.0.1/h").err.replace(/Date: .*\r/, "Date: <DATE>\r")).toMatchInlineSnapshot(`
      "*   Trying 127.0.0.1:80...
      * Connected to 127.0.0.1 (127.0.0.1) port 80 (#0)
      > GET /h HTTP/1.1
      > Host: 127.0.0.1
      > User-Agent: curl/7.88.1
      > Accept: */*
      > 
      < HTTP/1.1 200 OK
      < Content-Type: application/json
      < Date: <DATE>
      < Content-Length: 18
      < 
      { [18 bytes data]
      * Connection #0 to host 127.0.0.1 left intact
      "
    `);
    expect(run(`-sv ${CA} https://127.0.0.1/h`).err.replace(/Date: .*\r/, "Date: <DATE>\r")).toMatchInlineSnapshot(`
      "*   Trying 127.0.0.1:443...
      * Connected to 127.0.0.1 (127.0.0.1) port 443 (#0)
      * ALPN: offers h2,http/1.1
      } [5 bytes data]
      * TLSv1.3 (OUT), TLS handshake, Client hello (1):
      } [512 bytes data]
      *  CAfile: pki/ca.crt
      *  CApath: /etc/ssl/certs
      { [5 bytes data]
      * TLSv1.3 (IN), TLS handshake, Server hello (2):
      { [122 bytes data]
      * TLSv1.3 (IN), TLS handshake, Encrypted Extensions (8):
      { [15 bytes data]
      * TLSv1.3 (IN), TLS handshake, Certificate (11):
      { [876 bytes data]
      * TLSv1.3 (IN), TLS handshake, CERT verify (15):
      { [264 bytes data]
      * TLSv1.3 (IN), TLS handshake, Finished (20):
      { [36 bytes data]
      * TLSv1.3 (OUT), TLS change cipher, Change cipher spec (1):
      } [1 bytes data]
      * TLSv1.3 (OUT), TLS handshake, Finished (20):
      } [36 bytes data]
      * SSL connection using TLSv1.3 / TLS_AES_128_GCM_SHA256
      * ALPN: server did not agree on a protocol. Uses default.
      * Server certificate:
      *  subject: CN=ip-10-0-1-10
      *  start date: Jan  1 00:00:00 2025 GMT
      *  expire date: Jan  1 00:00:00 2045 GMT
      *  subjectAltName: host "127.0.0.1" matched cert's IP address!
      *  issuer: CN=etcd-ca
      *  SSL certificate verify ok.
      * using HTTP/1.x
      } [5 bytes data]
      > GET /h HTTP/1.1
      > Host: 127.0.0.1
      > User-Agent: curl/7.88.1
      > Accept: */*
      > 
      < HTTP/1.1 200 OK
      < Content-Type: application/json
      < Date: <DATE>
      < Content-Length: 18
      < 
      { [18 bytes data]
      * Connection #0 to host 127.0.0.1 left intact
      "
    `);
    expect(run("-v https://127.0.0.1/h").err).toMatchInlineSnapshot(`
      "  % Total    % Received % Xferd  Average Speed   Time    Time     Time  Current
                                       Dload  Upload   Total   Spent    Left  Speed

        0     0    0     0    0     0      0      0 --:--:-- --:--:-- --:--:--     0*   Trying 127.0.0.1:443...
      * Connected to 127.0.0.1 (127.0.0.1) port 443 (#0)
      * ALPN: offers h2,http/1.1
      } [5 bytes data]
      * TLSv1.3 (OUT), TLS handshake, Client hello (1):
      } [512 bytes data]
      *  CAfile: /etc/ssl/certs/ca-certificates.crt
      *  CApath: /etc/ssl/certs
      { [5 bytes data]
      * TLSv1.3 (IN), TLS handshake, Server hello (2):
      { [122 bytes data]
      * TLSv1.3 (IN), TLS handshake, Encrypted Extensions (8):
      { [15 bytes data]
      * TLSv1.3 (IN), TLS handshake, Certificate (11):
      { [876 bytes data]
      * TLSv1.3 (OUT), TLS alert, unknown CA (560):
      } [2 bytes data]
      * SSL certificate problem: unable to get local issuer certificate
      * Closing connection 0

        0     0    0     0    0     0      0      0 --:--:-- --:--:-- --:--:--     0
      curl: (60) SSL certificate problem: unable to get local issuer certificate
      More details here: https://curl.se/docs/sslcerts.html

      curl failed to verify the legitimacy of the server and therefore could not
      establish a secure connection to it. To learn more about this situation and
      how to fix it, please visit the web page mentioned above.
      "
    `);
  });

  it("shows a meter where nobody said not to", () => {
    expect(run("http://127.0.0.1/h").err.split("\r").length).toBe(3);
  });
});

describe("openssl s_client", () => {
  const sClient = (line: string, stdin = "") => {
    const result = runProgram({ machine, argv: ["openssl", "s_client", ...line.split(" ")], cwd: "/work", stdin });
    return { out: result.stdout, err: result.stderr.replace(/^[0-9A-F]{16}:/gm, "<THREAD>:"), code: result.exitCode };
  };

  it("shows a server's certificates and whether they are good", () => {
    const good = sClient("-connect 127.0.0.1:443 -CAfile pki/ca.crt -servername localhost");
    expect(good).toMatchObject({ code: 0 });
    expect(good.err).toBe("depth=1 CN = etcd-ca\nverify return:1\ndepth=0 CN = ip-10-0-1-10\nverify return:1\nDONE\n");
    expect(good.out.split("\n").slice(0, 8)).toEqual([
      "CONNECTED(00000003)",
      "---",
      "Certificate chain",
      " 0 s:CN = ip-10-0-1-10",
      "   i:CN = etcd-ca",
      "   a:PKEY: rsaEncryption, 2048 (bit); sigalg: RSA-SHA256",
      "   v:NotBefore: Jan  1 00:00:00 2025 GMT; NotAfter: Jan  1 00:00:00 2045 GMT",
      "---",
    ]);
    expect(good.out).toContain("Verify return code: 0 (ok)\n");
  });

  it("says what is wrong with them, and goes on", () => {
    const unknown = sClient("-connect localhost:443");
    expect(unknown.err).toBe(
      "depth=0 CN = ip-10-0-1-10\nverify error:num=20:unable to get local issuer certificate\nverify return:1\n" +
        "depth=0 CN = ip-10-0-1-10\nverify error:num=21:unable to verify the first certificate\nverify return:1\n" +
        "depth=0 CN = ip-10-0-1-10\nverify return:1\nDONE\n",
    );
    expect(unknown.out).toContain("Verify return code: 21 (unable to verify the first certificate)\n");
    expect(sClient("-connect 127.0.0.1:445 -CAfile pki/ca.crt").out).toContain(
      "Verify return code: 10 (certificate has expired)",
    );
  });

  it("fails as the real one does", () => {
    expect(sClient("-connect 127.0.0.1:1")).toEqual({
      out: "",
      err: "<THREAD>:error:8000006F:system library:BIO_connect:Connection refused:../crypto/bio/bio_sock2.c:117:calling connect()\n<THREAD>:error:10000067:BIO routines:BIO_connect:connect error:../crypto/bio/bio_sock2.c:119:\nconnect:errno=111\n",
      code: 1,
    });
    expect(sClient("-connect nohost:1")).toMatchObject({ code: 1, err: expect.stringContaining("connect:errno=22\n") });
    expect(sClient("-connect 127.0.0.1:80")).toMatchObject({
      code: 1,
      err: expect.stringContaining("wrong version number"),
    });
  });
});
