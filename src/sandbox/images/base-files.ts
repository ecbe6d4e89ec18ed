/** The files by which a container's base tells who it is, and what its bash reads when a person is at it. */
export type BaseFiles = Readonly<Record<string, string>>;

const BASHRC = { "/etc/bash.bashrc": "PS1='\\u@\\h:\\w\\$ '\n" };

/** Debian's, by release. */
export function debianFiles(version: string, codename: string): BaseFiles {
  return {
    ...BASHRC,
    "/etc/debian_version": `${version}\n`,
    "/etc/os-release": osRelease({
      PRETTY_NAME: `Debian GNU/Linux ${version.split(".")[0]} (${codename})`,
      NAME: "Debian GNU/Linux",
      VERSION_ID: version.split(".")[0] ?? version,
      VERSION: `${version.split(".")[0]} (${codename})`,
      VERSION_CODENAME: codename,
      ID: "debian",
    }),
  };
}

/** Ubuntu's, by release. */
export function ubuntuFiles(version: string, codename: string, name: string): BaseFiles {
  return {
    ...BASHRC,
    "/etc/os-release": osRelease({
      PRETTY_NAME: `Ubuntu ${version} LTS`,
      NAME: "Ubuntu",
      VERSION_ID: version.split(".").slice(0, 2).join("."),
      VERSION: `${version} LTS (${name})`,
      VERSION_CODENAME: codename,
      ID: "ubuntu",
      ID_LIKE: "debian",
    }),
  };
}

/** Alpine's, by release. */
export function alpineFiles(version: string): BaseFiles {
  return {
    "/etc/alpine-release": `${version}\n`,
    "/etc/os-release": osRelease({
      NAME: "Alpine Linux",
      ID: "alpine",
      VERSION_ID: version,
      PRETTY_NAME: `Alpine Linux v${version.split(".").slice(0, 2).join(".")}`,
    }),
  };
}

/** `os-release(5)`: plain words stand bare where the distributions write them so. */
function osRelease(fields: Readonly<Record<string, string>>): string {
  const bare = new Set(["ID", "ID_LIKE", "VERSION_CODENAME"]);
  const alpine = fields["ID"] === "alpine";
  return Object.entries(fields)
    .map(([name, value]) => `${name}=${bare.has(name) || (alpine && name === "VERSION_ID") ? value : `"${value}"`}\n`)
    .join("");
}
