import type { FlagSpec, FlagType } from "../../../base/cli/flag.ts";
import { FLAG_USAGES } from "../data/flag-usages.ts";
import { FLAGS } from "../data/flags.ts";

const TYPES: Readonly<Record<string, FlagType>> = {
  "": "string",
  "?": "bool",
  "#": "int",
  "~": "duration",
  "*": "stringSlice",
  "+": "stringArray",
};

/** What the bare flag means where a value may be left out. */
const BARE: Readonly<Record<string, string>> = { "dry-run": "unchanged", cascade: "background", validate: "strict" };

/** Further hidden or deprecated flags that old habits use, by command. */
const EXTRA: Readonly<Record<string, readonly FlagSpec[]>> = {
  autoscale: [
    {
      name: "cpu-percent",
      type: "int",
      default: -1,
      usage: "",
      deprecated:
        "Use --cpu with percentage or resource quantity format (e.g., '70%' for utilization or '500m' for milliCPU).",
    },
  ],
  run: [
    { name: "generator", type: "string", usage: "", deprecated: "has no effect and will be removed in the future" },
  ],
  delete: [],
};

/** The flags of a command, by its path below kubectl: `create secret tls`. */
export function flagsFor(path: string): readonly FlagSpec[] {
  const line = FLAGS[path] ?? "";
  const listed = line
    .split(" ")
    .filter((item) => item !== "")
    .map((item) => flagOf(item, path === "GLOBAL"));
  return [...listed, ...(EXTRA[path] ?? [])];
}

function flagOf(item: string, persistent: boolean): FlagSpec {
  const match = /^(?:(\w):)?([\w-]+)([?#~*+]?)(!?)(?:=(.*))?$/.exec(item);
  const name = match?.[2] ?? "";
  const type = TYPES[match?.[3] ?? ""] ?? "string";
  const bare = BARE[name];
  return {
    name,
    type,
    usage: FLAG_USAGES[name] ?? `Set ${name.replaceAll("-", " ")}.`,
    ...(match?.[1] === undefined ? {} : { shorthand: match[1] }),
    ...(match?.[4] === "!" ? { required: true } : {}),
    ...(match?.[5] === undefined ? {} : { default: defaultOf(type, match[5]) }),
    ...(bare === undefined || type !== "string" ? {} : { noOptDefVal: bare }),
    ...(persistent ? { persistent: true } : {}),
    ...(name === "v" ? { type: "int" as const } : {}),
  };
}

function defaultOf(type: FlagType, text: string): string | number | boolean | readonly string[] {
  if (type === "bool") return text === "true";
  if (type === "int") return Number(text);
  return type === "stringSlice" || type === "stringArray" ? text.split(",") : text;
}
