import type { ImageDefinition } from "../../machine/container-runtime.ts";
import { alpineFiles, debianFiles, ubuntuFiles } from "./base-files.ts";
import { NGINX_FILES } from "./nginx-files.ts";

const PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
const PASSWD = "root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/sbin/nologin\n";
const NGINX_TAGS = ["1.25", "1.26", "1.27", "1.28", "1.29", "1.14.2", "1.16.1", "1.19", "1.21", "alpine", "stable"];

/** The small tools that both Debian's and Alpine's base images hold. */
const BASE_TOOLS = (
  "basename cat chmod chown cp cut date dd df dirname du echo env expr false find grep head hostname id kill ln ls " +
  "mkdir mktemp mv nproc printenv printf ps pwd readlink realpath rm rmdir sed seq sleep sort stat tail tee test " +
  "touch tr true uname uniq wc which whoami xargs yes awk base64 md5sum sha256sum sync timeout"
).split(" ");
const BUSYBOX_TOOLS = [...BASE_TOOLS, ..."clear diff free gzip nc ping reset tar top traceroute tty vi".split(" ")];

function tools(directory: string, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.map((name) => [`${directory}/${name}`, name]));
}

interface LibraryImage {
  readonly repository: string;
  readonly tags: readonly string[];
  readonly sizeBytes: number;
  readonly digest?: string;
  readonly entrypoint?: readonly string[];
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly workingDir?: string;
  readonly programs: Readonly<Record<string, string>>;
  readonly files?: Readonly<Record<string, string>>;
  readonly stopSignal?: "SIGTERM" | "SIGQUIT";
}

/** Each tag is an image of its own, as in the registry: other digest, other ID. */
function images(image: LibraryImage): ImageDefinition[] {
  return image.tags.map((tag, index) => {
    const name = `docker.io/library/${image.repository}:${tag}`;
    const digest = index === 0 && image.digest !== undefined ? image.digest : fingerprint(`digest ${name}`);
    return {
      names: [name],
      id: `sha256:${fingerprint(`image ${name}`)}`,
      digest: `sha256:${digest}`,
      sizeBytes: image.sizeBytes,
      entrypoint: image.entrypoint ?? [],
      args: image.args,
      env: { PATH, ...image.env },
      workingDir: image.workingDir ?? "/",
      programs: image.programs,
      files: { "/etc/passwd": PASSWD, ...image.files },
      ...(image.stopSignal === undefined ? {} : { stopSignal: image.stopSignal }),
    };
  });
}

/** 64 hexadecimal digits that depend on `text` alone: stands for a digest nobody recorded. */
function fingerprint(text: string): string {
  let digits = "";
  for (let part = 0; part < 8; part++) {
    let state = (0x811c9dc5 ^ Math.imul(part + 1, 0x9e3779b1)) | 0;
    for (let i = 0; i < text.length; i++) state = Math.imul(state ^ text.charCodeAt(i), 0x01000193);
    state = Math.imul(state ^ (state >>> 15), 0x85ebca6b);
    digits += ((state ^ (state >>> 13)) >>> 0).toString(16).padStart(8, "0");
  }
  return digits;
}

const DEBIAN = {
  ...tools("/usr/bin", [...BASE_TOOLS, "diff", "gzip", "tar"]),
  "/bin/sh": "dash",
  "/usr/bin/sh": "dash",
  "/bin/dash": "dash",
  "/bin/bash": "bash",
  "/usr/bin/bash": "bash",
};
const TRIXIE = debianFiles("13.1", "trixie");
const ALPINE = {
  ...tools("/bin", BUSYBOX_TOOLS),
  "/bin/nslookup": "busybox-nslookup",
  "/bin/wget": "busybox-wget",
  "/bin/sh": "ash",
  "/bin/ash": "ash",
};

/** Images of Docker's library that learners run. */
export const LIBRARY_IMAGES: readonly ImageDefinition[] = [
  ...images({
    repository: "nginx",
    tags: ["latest", ...NGINX_TAGS],
    sizeBytes: 62_870_438,
    digest: "1beed3ca46acebe9d3fb62e9067f03d05d5bfa97a00f30938a0a3580563272ad",
    entrypoint: ["/docker-entrypoint.sh"],
    args: ["nginx", "-g", "daemon off;"],
    env: { NGINX_VERSION: "1.29.4", PKG_RELEASE: "1~trixie" },
    programs: {
      ...DEBIAN,
      "/docker-entrypoint.sh": "nginx-entrypoint",
      "/usr/sbin/nginx": "nginx",
      "/usr/bin/curl": "curl",
    },
    files: { ...TRIXIE, ...NGINX_FILES },
    stopSignal: "SIGQUIT",
  }),
  ...images({
    repository: "busybox",
    tags: ["latest", "1.28", "1.35", "1.36", "1.37", "stable", "musl", "glibc"],
    sizeBytes: 2_224_229,
    digest: "d82f458899c9696cb26a7c02d5568f81c8c8223f8661bb2a7988b269c8b9051e",
    args: ["sh"],
    programs: ALPINE,
  }),
  ...images({
    repository: "alpine",
    tags: ["latest", "3.18", "3.19", "3.20", "3.21", "3.22", "3"],
    sizeBytes: 3_806_483,
    args: ["/bin/sh"],
    programs: ALPINE,
    files: alpineFiles("3.22.2"),
  }),
  ...images({
    repository: "redis",
    tags: ["latest", "7", "7.2", "8", "alpine", "6"],
    sizeBytes: 52_531_421,
    args: ["redis-server"],
    workingDir: "/data",
    env: { REDIS_VERSION: "8.2.1" },
    programs: { ...DEBIAN, "/usr/local/bin/redis-server": "redis-server" },
    files: TRIXIE,
  }),
  ...images({
    repository: "httpd",
    tags: ["latest", "2.4", "2", "alpine", "2.4-alpine"],
    sizeBytes: 45_192_338,
    args: ["httpd-foreground"],
    workingDir: "/usr/local/apache2",
    env: { PATH: `/usr/local/apache2/bin:${PATH}`, HTTPD_PREFIX: "/usr/local/apache2", HTTPD_VERSION: "2.4.65" },
    programs: { ...DEBIAN, "/usr/local/bin/httpd-foreground": "httpd", "/usr/local/apache2/bin/httpd": "httpd" },
    files: { ...TRIXIE, "/usr/local/apache2/htdocs/index.html": "<html><body><h1>It works!</h1></body></html>\n" },
  }),
  ...images({
    repository: "ubuntu",
    tags: ["latest", "24.04", "22.04"],
    sizeBytes: 29_717_583,
    args: ["/bin/bash"],
    programs: DEBIAN,
    files: ubuntuFiles("24.04.3", "noble", "Noble Numbat"),
  }),
  ...images({
    repository: "debian",
    tags: ["latest", "12", "13"],
    sizeBytes: 48_482_401,
    args: ["bash"],
    programs: DEBIAN,
    files: TRIXIE,
  }),
  ...images({
    repository: "crash",
    tags: ["1", "latest"],
    sizeBytes: 1_024,
    args: ["false"],
    programs: tools("/bin", ["false"]),
  }),
];
