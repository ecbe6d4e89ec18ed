import { goDurationMs } from "../../base/cli/go-duration.ts";
/** Flags of a component as `--name=value` or `--name value`; a bare `--name` is `true`. The last one wins. */
export class DaemonFlags {
  private readonly values = new Map<string, string>();

  constructor(args: readonly string[]) {
    for (let i = 0; i < args.length; i++) {
      const arg = args[i] ?? "";
      const match = /^--([^=]+)(?:=(.*))?$/s.exec(arg);
      if (match === null) continue;
      const next = args[i + 1];
      const separate = match[2] === undefined && next !== undefined && !next.startsWith("-");
      this.values.set(match[1] ?? "", match[2] ?? (separate ? next : "true"));
      if (separate) i++;
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
