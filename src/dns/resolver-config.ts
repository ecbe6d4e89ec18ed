import { type FileSystem, FsError } from "../vfs/file-system.ts";

/** What /etc/resolv.conf says. */
export interface ResolverConfig {
  readonly servers: readonly string[];
  readonly search: readonly string[];
  /** A name with at least so many dots is tried as it is first. */
  readonly ndots: number;
  readonly timeoutMs: number;
  readonly attempts: number;
}

const MAX_SERVERS = 3;

/** Reads /etc/resolv.conf as resolv.conf(5) has it; without the file the host itself is asked. */
export function readResolverConfig(fs: FileSystem): ResolverConfig {
  const servers: string[] = [];
  let search: readonly string[] = [];
  const options = new Map<string, number>();
  for (const [word, ...rest] of lines(fs, "/etc/resolv.conf")) {
    if (word === "nameserver" && rest[0] !== undefined) servers.push(rest[0]);
    if (word === "search" || word === "domain") search = rest.map((domain) => domain.replace(/\.$/, ""));
    if (word === "options")
      for (const [name = "", value] of rest.map((option) => option.split(":"))) options.set(name, Number(value));
  }
  return {
    servers: servers.length === 0 ? ["127.0.0.1"] : servers.slice(0, MAX_SERVERS),
    search: search.filter((domain) => domain !== ""),
    ndots: options.get("ndots") ?? 1,
    timeoutMs: (options.get("timeout") ?? 5) * 1000,
    attempts: options.get("attempts") ?? 2,
  };
}

/** The names that are asked for in turn, without dots at their ends. */
export function candidates(config: ResolverConfig, name: string): readonly string[] {
  if (name.endsWith(".")) return [name.slice(0, -1)];
  const searched = config.search.map((domain) => `${name}.${domain}`);
  return name.split(".").length - 1 >= config.ndots ? [name, ...searched] : [...searched, name];
}

/** The words of a file's lines, without comments; none when it is missing. */
function lines(fs: FileSystem, path: string): string[][] {
  return readOrNothing(fs, path)
    .split("\n")
    .map((line) =>
      line
        .replace(/[#;].*/, "")
        .trim()
        .split(/\s+/),
    );
}

/** A file's text, or nothing when it is missing. */
export function readOrNothing(fs: FileSystem, path: string): string {
  try {
    return fs.readText(path);
  } catch (error) {
    if (error instanceof FsError) return "";
    throw error;
  }
}
