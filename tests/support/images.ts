import type { ContainerConfig, ImageDefinition, PodSandboxConfig } from "../../src/machine/container-runtime.ts";

/** An image `app:1` whose /app runs the program `app`, with a shell-less root. */
export function testImage(overrides: Partial<ImageDefinition> = {}): ImageDefinition {
  return {
    names: ["docker.io/library/app:1"],
    id: `sha256:${"a".repeat(64)}`,
    digest: `sha256:${"b".repeat(64)}`,
    sizeBytes: 30_000_000,
    entrypoint: ["/app"],
    args: [],
    env: { PATH: "/usr/bin:/bin", FROM_IMAGE: "yes" },
    workingDir: "/srv",
    programs: { "/app": "app" },
    files: { "/etc/app.conf": "answer=42\n" },
    ...overrides,
  };
}

export function sandboxConfig(name: string, overrides: Partial<PodSandboxConfig> = {}): PodSandboxConfig {
  return {
    name,
    namespace: "default",
    uid: `uid-${name}`,
    attempt: 0,
    labels: {},
    annotations: {},
    hostNetwork: false,
    logDirectory: `/var/log/pods/default_${name}_uid-${name}`,
    hostname: name,
    ...overrides,
  };
}

export function containerConfig(name: string, overrides: Partial<ContainerConfig> = {}): ContainerConfig {
  return {
    name,
    attempt: 0,
    image: "app:1",
    command: undefined,
    args: undefined,
    workingDir: undefined,
    env: [],
    mounts: [],
    labels: {},
    annotations: {},
    logPath: `${name}/0.log`,
    stdin: false,
    tty: false,
    ...overrides,
  };
}
