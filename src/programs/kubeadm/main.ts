import { writeText } from "../../machine/file-descriptor.ts";
import type { Program } from "../../machine/process.ts";

/** The build that is imitated. */
export interface KubeadmBuild {
  /** For example `v1.35.2`. */
  readonly gitVersion: string;
  readonly gitCommit: string;
  readonly buildDate: string;
  readonly goVersion: string;
}

/** kubeadm: tells its version; the rest is refused. The cluster stands as kubeadm made it. */
export function kubeadmProgram(build: KubeadmBuild): Program {
  return function* (process) {
    const args = process.argv.slice(1);
    const words = args.filter((arg) => !arg.startsWith("-"));
    if (words[0] === "version") return yield* version();
    if (words.length === 0) {
      yield* writeText(process.stdout, HELP);
      return 0;
    }
    const asked = words.slice(0, SUBCOMMANDS.has(words[0] ?? "") ? 2 : 1).join(" ");
    yield* writeText(process.stderr, `not simulated in this sandbox: kubeadm ${asked}\n`);
    return 1;

    function* version() {
      const at = args.findIndex((arg) => arg === "-o" || arg === "--output");
      const output =
        at >= 0 ? args[at + 1] : args.find((arg) => /^(-o|--output=)/.test(arg))?.replace(/^(-o=?|--output=)/, "");
      const text =
        output === undefined || output === "" ? `kubeadm version: ${goText(build)}\n` : formatted(build, output);
      yield* writeText(
        text === undefined ? process.stderr : process.stdout,
        text ?? `error: invalid output format: ${output}\n`,
      );
      return text === undefined ? 1 : 0;
    }
  };
}

const SUBCOMMANDS = new Set(["certs", "config", "init", "join", "kubeconfig", "token", "upgrade", "reset", "alpha"]);

const HELP = `kubeadm made this cluster; in this sandbox it only tells its version.

Usage:
  kubeadm version [-o short|json|yaml]

What it left behind: /etc/kubernetes, and in the cluster the ConfigMap kubeadm-config of kube-system.
Dates of certificates: openssl x509 -enddate -noout -in /etc/kubernetes/pki/apiserver.crt
`;

function fields(build: KubeadmBuild): readonly (readonly [key: string, value: string])[] {
  const [, major = "", minor = ""] = /^v(\d+)\.(\d+)/.exec(build.gitVersion) ?? [];
  return [
    ["Major", major],
    ["Minor", minor],
    ["EmulationMajor", ""],
    ["EmulationMinor", ""],
    ["MinCompatibilityMajor", ""],
    ["MinCompatibilityMinor", ""],
    ["GitVersion", build.gitVersion],
    ["GitCommit", build.gitCommit],
    ["GitTreeState", "clean"],
    ["BuildDate", build.buildDate],
    ["GoVersion", build.goVersion],
    ["Compiler", "gc"],
    ["Platform", "linux/amd64"],
  ];
}

/** As Go prints the struct with %#v. */
function goText(build: KubeadmBuild): string {
  return `&version.Info{${fields(build)
    .map(([key, value]) => `${key}:${JSON.stringify(value)}`)
    .join(", ")}}`;
}

function formatted(build: KubeadmBuild, output: string): string | undefined {
  if (output === "short") return `${build.gitVersion}\n`;
  const filled = fields(build).filter(([, value]) => value !== "");
  const info = filled.map(([key, value]) => [key.charAt(0).toLowerCase() + key.slice(1), value] as const);
  if (output === "json") return `${JSON.stringify({ clientVersion: Object.fromEntries(info) }, null, 2)}\n`;
  if (output !== "yaml") return undefined;
  const sorted = [...info].sort(([a], [b]) => (a < b ? -1 : 1));
  const shown = (value: string) => (/^\d+$|^\d{4}-/.test(value) ? `"${value}"` : value);
  return `clientVersion:\n${sorted.map(([key, value]) => `  ${key}: ${shown(value)}\n`).join("")}`;
}
