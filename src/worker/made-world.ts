import { decodeImage, packedPart, readUnpacked } from "../sandbox/image-codec.ts";
import type { LatePart } from "../sandbox/image-parts.ts";
import type { SandboxImage } from "../sandbox/sandbox.ts";
import type { WorldOptions } from "./protocol.ts";

/** The default world, made when the page was built. */
export interface MadeWorld {
  readonly first: SandboxImage;
  /** Fetches what daemons need besides: after the rest, which the prompt waits for. */
  readonly late: () => Promise<LatePart>;
}

/** Fetches the default world's image; undefined for other worlds, and where it cannot be had: then it is made here. */
export async function fetchWorld({ topology, etcd, seed, base }: WorldOptions): Promise<MadeWorld | undefined> {
  if (topology !== "kubeadm" || etcd !== "3.6" || seed !== 1) return undefined;
  try {
    const first = (await fetchImage(new URL("worlds/first.image", base))) as SandboxImage;
    const late = () => fetchImage(new URL("worlds/late.image", base)) as Promise<LatePart>;
    return { first, late };
  } catch (error) {
    console.warn("the made world could not be fetched; making one", error);
    return undefined;
  }
}

async function fetchImage(url: URL): Promise<unknown> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url.pathname}: ${response.status} ${response.statusText}`);
  const bytes = new Uint8Array(await response.arrayBuffer());
  return typeof DecompressionStream === "undefined" ? decodeImage(bytes) : readUnpacked(await unpacked(bytes));
}

/** The browser unpacks ten times as fast as a script that runs for the first time. */
async function unpacked(bytes: Uint8Array): Promise<Uint8Array> {
  const packed = new Blob([new Uint8Array(packedPart(bytes))]).stream();
  return new Uint8Array(await new Response(packed.pipeThrough(new DecompressionStream("gzip"))).arrayBuffer());
}
