import type { FlagSpec, FlagType } from "../../base/cli/flag.ts";
import { FlagSet, ParsedFlags, parseFlags } from "../../base/cli/flag-set.ts";
import { goDurationMs } from "../../base/cli/go-duration.ts";
import { goQuote } from "../../base/go-quote.ts";
import { type Component, DAEMON_FLAGS } from "./daemon-flag-names.ts";

/** A command line that the component does not understand; `message` is pflag's. */
export class FlagError extends Error {}

/** Flags of a component as they were given. The last one wins. */
export class DaemonFlags {
  private readonly values: ReadonlyMap<string, string>;

  private constructor(values: ReadonlyMap<string, string>) {
    this.values = values;
  }

  /** Reads a component's command line. Throws `FlagError`. */
  static parse(component: Component, args: readonly string[]): DaemonFlags {
    const values = new Map<string, string>();
    const note = (name: string) => (input: string) => {
      values.set(name, input);
      return undefined;
    };
    const flags = specs(component).map((spec) => ({ ...spec, validate: note(spec.name) }));
    const parsed = new ParsedFlags(new FlagSet(flags, (name) => name.replaceAll("_", "-")));
    const fault = parseFlags(parsed, args);
    if (fault !== undefined) throw new FlagError(fault);
    const stray = parsed.args.find((arg) => arg !== "");
    if (stray === undefined) return new DaemonFlags(values);
    const all = `[${parsed.args.map(goQuote).join(" ")}]`;
    throw new FlagError(
      component === "kubelet"
        ? `unknown command ${stray}`
        : `${goQuote(component)} does not take any arguments, got ${all}`,
    );
  }

  /** The same for a component that tells of mistakes before its log begins: the text for standard error then. */
  static read(component: Component, args: readonly string[]): DaemonFlags | string {
    try {
      return DaemonFlags.parse(component, args);
    } catch (error) {
      if (!(error instanceof FlagError)) throw error;
      const usage = component === "kube-apiserver" ? "" : `Usage:\n  ${component} [flags]\n\n`;
      return `${usage}Error: ${error.message}\n`;
    }
  }

  text(name: string, fallback = ""): string {
    return this.values.get(name) ?? fallback;
  }

  flag(name: string, fallback: boolean): boolean {
    const value = this.values.get(name);
    return value === undefined ? fallback : value === "true" || value === "1";
  }

  number(name: string, fallback: number): number {
    const value = Number(this.values.get(name) ?? Number.NaN);
    return Number.isNaN(value) ? fallback : value;
  }

  list(name: string): string[] {
    return this.text(name)
      .split(",")
      .filter((item) => item !== "");
  }

  /** A Go duration such as `1m30s` or `500ms`, in milliseconds. */
  duration(name: string, fallbackMs: number): number {
    return goDurationMs(this.text(name)) ?? fallbackMs;
  }
}

const TYPES: Readonly<Record<string, FlagType>> = { bool: "bool", int: "int", float: "float64", duration: "duration" };

function specs(component: Component): FlagSpec[] {
  return DAEMON_FLAGS[component].flatMap((names) =>
    Object.entries(names).flatMap(([kind, list]: [string, string]) =>
      list
        .split(" ")
        .filter((name) => name !== "")
        .map((name) => ({ ...SHORTHANDS[name], name, type: TYPES[kind] ?? "string", usage: "" })),
    ),
  );
}

const SHORTHANDS: Readonly<Record<string, Pick<FlagSpec, "shorthand" | "noOptDefVal">>> = {
  help: { shorthand: "h" },
  v: { shorthand: "v" },
  version: { noOptDefVal: "true" },
};
