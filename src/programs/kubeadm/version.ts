import type { ParsedFlags } from "../../base/cli/flag-set.ts";
import type { Task } from "../../sim/task.ts";
import { type KubeadmBuild, type KubeadmCommand, type KubeadmContext, KubeadmError, print } from "./context.ts";

/** `kubeadm version`. */
export const versionCommand: KubeadmCommand = {
  name: "version",
  short: "Print the version of kubeadm",
  flags: [
    {
      name: "output",
      shorthand: "o",
      type: "string",
      usage: "Output format; available options are 'yaml', 'json' and 'short'",
      values: ["yaml", "json", "short"],
    },
  ],
  run: runVersion,
};

function* runVersion(context: KubeadmContext, parsed: ParsedFlags): Task<number> {
  const output = parsed.string("output");
  const text = output === "" ? `kubeadm version: ${goText(context.build)}\n` : formatted(context.build, output);
  if (text === undefined) throw new KubeadmError(`invalid output format: ${output}`);
  yield* print(context, text);
  return 0;
}

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
