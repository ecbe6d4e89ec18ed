import type { Frame } from "../sim/channel.ts";
import type { Certificate } from "./certificate.ts";
import type { AlertDescription } from "./tls-config.ts";

/**
 * What travels under TLS 1.3. Nothing is encrypted: nobody but the two ends can look into a simulated wire, and what
 * a learner can observe are names, certificates, alerts and sizes.
 *
 *     client                                server
 *     hello (SNI, ALPN)            ────►
 *                                  ◄────    server flight (chain, ALPN, "certificate wanted")
 *     client flight (chain)        ────►    only now judges the client's chain
 *     data                         ────►
 *                                  ◄────    data, or the alert about the client's chain
 */
export type TlsFrame = Frame & { readonly protocol: "tls" } & (
    | { readonly tls: "client-hello"; readonly serverName: string; readonly protocols: readonly string[] }
    | {
        readonly tls: "server-flight";
        readonly chain: readonly Certificate[];
        readonly certificateWanted: boolean;
        /** Subjects of the CAs whose certificates the server would take. */
        readonly acceptableCas: readonly Certificate[];
        readonly agreed: string | undefined;
      }
    | { readonly tls: "client-flight"; readonly chain: readonly Certificate[] }
    | { readonly tls: "alert"; readonly description: AlertDescription; readonly readable: boolean }
    | { readonly tls: "data"; readonly frame: Frame }
  );

/** Octets that a TLS 1.3 record adds to its content. */
const RECORD_OVERHEAD = 22;

export function clientHello(serverName: string, protocols: readonly string[]): TlsFrame {
  return { protocol: "tls", size: 512, tls: "client-hello", serverName, protocols };
}

export function serverFlight(
  chain: readonly Certificate[],
  certificateWanted: boolean,
  acceptableCas: readonly Certificate[],
  agreed: string | undefined,
): TlsFrame {
  const size = 300 + chainSize(chain);
  return { protocol: "tls", size, tls: "server-flight", chain, certificateWanted, acceptableCas, agreed };
}

export function clientFlight(chain: readonly Certificate[]): TlsFrame {
  return { protocol: "tls", size: 100 + chainSize(chain), tls: "client-flight", chain };
}

export function alert(description: AlertDescription, readable = true): TlsFrame {
  return { protocol: "tls", size: 2 + RECORD_OVERHEAD, tls: "alert", description, readable };
}

export function sealed(frame: Frame): TlsFrame {
  return { protocol: "tls", size: frame.size + RECORD_OVERHEAD, tls: "data", frame };
}

export function isTls(frame: Frame): frame is TlsFrame {
  return frame.protocol === "tls" && "tls" in frame;
}

/** What a frame carries, TLS or not; handshakes and alerts are themselves. */
export function unsealed(frame: Frame): Frame {
  return isTls(frame) && frame.tls === "data" ? frame.frame : frame;
}

function chainSize(chain: readonly Certificate[]): number {
  let size = 0;
  for (const certificate of chain) size += certificate.der.length;
  return size;
}
