/** A reference in full: `nginx` is `docker.io/library/nginx:latest`. */
export interface ImageReference {
  /** With the registry, without tag and digest: `docker.io/library/nginx`. */
  readonly repository: string;
  readonly tag: string;
  /** `sha256:…` when the reference is by digest. */
  readonly digest: string | undefined;
  /** The whole, as containerd writes it. */
  readonly text: string;
}

/** Reads a reference as distribution/reference does; undefined when it is none. */
export function parseReference(image: string): ImageReference | undefined {
  const match = /^([a-zA-Z0-9._\-/:]+?)(?::([\w][\w.-]{0,127}))?(?:@(sha256:[0-9a-f]{64}))?$/.exec(image);
  if (match === null || match[1] === undefined) return undefined;
  const repository = fullRepository(match[1]);
  if (!/^[a-z0-9]+([._-]+[a-z0-9]+)*(\/[a-z0-9]+([._-]+[a-z0-9]+)*)*$/.test(repository.split("/").slice(1).join("/")))
    return undefined;
  const digest = match[3];
  const tag = match[2] ?? (digest === undefined ? "latest" : "");
  const text = `${repository}${tag === "" ? "" : `:${tag}`}${digest === undefined ? "" : `@${digest}`}`;
  return { repository, tag, digest, text };
}

function fullRepository(name: string): string {
  const slash = name.indexOf("/");
  const host = slash < 0 ? "" : name.slice(0, slash);
  if (!/[.:]/.test(host) && host !== "localhost") return `docker.io/${slash < 0 ? "library/" : ""}${name}`;
  return host === "docker.io" && !name.slice(slash + 1).includes("/")
    ? `docker.io/library/${name.slice(slash + 1)}`
    : name;
}
