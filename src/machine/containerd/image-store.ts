import type { Clock } from "../../sim/clock.ts";
import type { RandomStream } from "../../sim/random.ts";
import { sleep, type Task } from "../../sim/task.ts";
import { type ImageDefinition, type ImageInfo, ImagePullError } from "../container-runtime.ts";
import { type ImageReference, parseReference } from "./image-reference.ts";

/** Which references were pulled, by image ID. */
export type PulledImages = readonly (readonly [id: string, tags: readonly string[]])[];

const KNOWN_REGISTRIES = new Set(["docker.io", "registry.k8s.io", "quay.io", "ghcr.io", "gcr.io"]);
const RESOLVE_MS = 450;
const BYTES_PER_MS = 30_000;
const DENIED =
  "pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed";

/** The images that a node has, pulled from the registries' catalogue. */
export class ImageStore {
  private readonly clock: Clock;
  private readonly random: RandomStream;
  private readonly catalogue = new Map<string, ImageDefinition>();
  private readonly repositories = new Set<string>();
  private readonly byId = new Map<string, ImageDefinition>();
  private readonly pulled = new Map<string, Set<string>>();

  constructor(clock: Clock, random: RandomStream, catalogue: readonly ImageDefinition[], pulled: PulledImages) {
    this.clock = clock;
    this.random = random;
    for (const definition of catalogue) this.offer(definition);
    for (const [id, tags] of pulled) this.pulled.set(id, new Set(tags));
  }

  /** Fetches an image; what is there already is only resolved anew. Throws `ImagePullError`. */
  *pull(image: string): Task<ImageInfo> {
    const reference = parseReference(image);
    if (reference === undefined)
      throw new ImagePullError(
        `failed to parse image reference ${JSON.stringify(image)}: invalid reference format`,
        "InvalidArgument",
      );
    yield* sleep(this.clock, RESOLVE_MS + this.random.below(400));
    const definition = this.resolve(reference);
    if (definition === undefined) throw pullError(reference, this.repositories);
    if (!this.pulled.has(definition.id)) yield* sleep(this.clock, definition.sizeBytes / BYTES_PER_MS);
    return this.add(definition, reference);
  }

  /** Puts an image there at once, as preloaded by whoever made the node. */
  preload(image: string): void {
    const reference = parseReference(image);
    const definition = reference === undefined ? undefined : this.resolve(reference);
    if (definition !== undefined && reference !== undefined) this.add(definition, reference);
  }

  list(): ImageInfo[] {
    return [...this.pulled].flatMap(([id, tags]) => {
      const definition = this.byId.get(id);
      return definition === undefined ? [] : [infoOf(definition, tags)];
    });
  }

  get bytes(): number {
    let total = 0;
    for (const id of this.pulled.keys()) total += Math.ceil((this.byId.get(id)?.sizeBytes ?? 0) / 4096) * 4096;
    return total;
  }

  /** By reference, ID, or unique prefix of an ID. */
  status(image: string): ImageInfo | undefined {
    const definition = this.find(image);
    return definition === undefined ? undefined : infoOf(definition, this.pulled.get(definition.id) ?? new Set());
  }

  /** The definition of an image that was pulled. */
  find(image: string): ImageDefinition | undefined {
    const bare = image.replace(/^sha256:/, "");
    if (/^[0-9a-f]{4,64}$/.test(bare))
      for (const id of this.pulled.keys()) if (id.replace(/^sha256:/, "").startsWith(bare)) return this.byId.get(id);
    const reference = parseReference(image);
    if (reference === undefined) return undefined;
    const definition = this.resolve(reference);
    if (definition === undefined) return undefined;
    const tags = this.pulled.get(definition.id);
    if (tags === undefined) return undefined;
    return reference.digest !== undefined || tags.has(reference.text) ? definition : undefined;
  }

  remove(image: string): boolean {
    const definition = this.find(image);
    return definition !== undefined && this.pulled.delete(definition.id);
  }

  image(): PulledImages {
    return [...this.pulled].map(([id, tags]) => [id, [...tags]]);
  }

  private offer(definition: ImageDefinition): void {
    this.byId.set(definition.id, definition);
    for (const name of definition.names) {
      const reference = parseReference(name);
      if (reference === undefined) continue;
      this.catalogue.set(reference.text, definition);
      this.catalogue.set(`${reference.repository}@${definition.digest}`, definition);
      this.repositories.add(reference.repository);
    }
  }

  private resolve(reference: ImageReference): ImageDefinition | undefined {
    if (reference.digest === undefined) return this.catalogue.get(reference.text);
    return this.catalogue.get(`${reference.repository}@${reference.digest}`);
  }

  private add(definition: ImageDefinition, reference: ImageReference): ImageInfo {
    const tags = this.pulled.get(definition.id) ?? new Set<string>();
    this.pulled.set(definition.id, tags);
    if (reference.tag !== "") tags.add(`${reference.repository}:${reference.tag}`);
    return infoOf(definition, tags);
  }
}

function infoOf(definition: ImageDefinition, tags: ReadonlySet<string>): ImageInfo {
  return { id: definition.id, tags: [...tags], digest: definition.digest, sizeBytes: definition.sizeBytes };
}

/** containerd's text for a reference that can't be resolved (core/remotes/docker/resolver.go). */
function pullError(reference: ImageReference, repositories: ReadonlySet<string>): ImagePullError {
  const { text, repository, tag } = reference;
  const start = `failed to pull and unpack image "${text}": failed to resolve reference "${text}"`;
  const host = repository.split("/")[0] ?? "";
  if (!KNOWN_REGISTRIES.has(host) && ![...repositories].some((known) => known.startsWith(`${host}/`))) {
    const path = repository.slice(host.length + 1);
    const url = `https://${host}/v2/${path}/manifests/${reference.digest ?? tag}`;
    return new ImagePullError(
      `${start}: failed to do request: Head "${url}": dial tcp: lookup ${host.split(":")[0]} on 10.0.0.2:53: no such host`,
    );
  }
  if (host === "docker.io" && !repositories.has(repository)) return new ImagePullError(`${start}: ${DENIED}`);
  return new ImagePullError(`${start}: ${text}: not found`, "NotFound");
}
