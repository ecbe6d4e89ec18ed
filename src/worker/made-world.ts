import { decodeImage, packedPart, readUnpacked } from "../sandbox/image-codec.ts";
import type { FirstPart, LatePart } from "../sandbox/image-parts.ts";
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
    const { made, image } = (await fetchPart(new URL("worlds/first.image", base))) as FirstPart;
    return { first: image, late: () => fetchLate(new URL("worlds/late.image", base), made) };
  } catch (error) {
    console.warn("the made world could not be fetched; making one", error);
    return undefined;
  }
}

async function fetchLate(url: URL, made: string): Promise<LatePart> {
  const late = (await fetchPart(url)) as LatePart;
  if (late.made !== made) throw new Error(`${url.pathname} is of another version of this page: reload it`);
  return late;
}

/**
 * One part of the made world. Its address is the same in every version of the page: what the browser has of it is taken
 * only if the server says that it is still so. Throws for what an older build has left there.
 */
async function fetchPart(url: URL): Promise<object> {
  const response = await fetch(url, { cache: "no-cache" });
  if (!response.ok) throw new Error(`${url.pathname}: ${response.status} ${response.statusText}`);
  const bytes = new Uint8Array(await response.arrayBuffer());
  const part = typeof DecompressionStream === "undefined" ? decodeImage(bytes) : readUnpacked(await unpacked(bytes));
  if (typeof part === "object" && part !== null && "made" in part) return part;
  throw new Error(`${url.pathname} was made by another version`);
}

/** The browser unpacks ten times as fast as a script that runs for the first time. */
async function unpacked(bytes: Uint8Array): Promise<Uint8Array> {
  const packed = new Blob([new Uint8Array(packedPart(bytes))]).stream();
  return new Uint8Array(await new Response(packed.pipeThrough(new DecompressionStream("gzip"))).arrayBuffer());
}
