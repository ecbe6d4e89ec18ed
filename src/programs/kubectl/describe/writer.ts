import { strftime } from "../../../base/calendar.ts";
import { alignTabs, DESCRIBE_TABS } from "../../../base/table.ts";
import { timeOrZero } from "../../../kube/api/time.ts";
import { escapeTerminal } from "../printers/table.ts";

/** Collects a description's lines; cells end with tabs and are aligned at the end (describe.PrefixWriter). */
export class DescribeWriter {
  private text = "";

  /** A line at a level of two blanks each. */
  line(level: number, content: string): void {
    this.text += `${"  ".repeat(level)}${content}\n`;
  }

  /** `Name:\tvalue` */
  field(level: number, name: string, value: string): void {
    this.line(level, `${name}:\t${escapeTerminal(value)}`);
  }

  raw(content: string): void {
    this.text += content;
  }

  /** Lines so far aligned by themselves, so that later ones do not move with them. */
  flush(): void {
    this.text = alignTabs(this.text, DESCRIBE_TABS);
  }

  /** The text with its tabs as they are. */
  unaligned(): string {
    return this.text;
  }

  finish(): string {
    return alignTabs(this.text, DESCRIBE_TABS);
  }

  /** A map as `key=value` lines under each other. */
  labels(level: number, name: string, values: Readonly<Record<string, string>>, separator = "="): void {
    const keys = Object.keys(values).sort();
    if (keys.length === 0) {
      this.line(level, `${name}:\t<none>`);
      return;
    }
    keys.forEach((key, index) => {
      this.line(
        index === 0 ? level : 0,
        `${index === 0 ? `${name}:` : ""}\t${key}${separator}${escapeTerminal(values[key] ?? "")}`,
      );
    });
  }

  /** Annotations; long ones go on a line of their own, what apply keeps is left out. */
  annotations(name: string, values: Readonly<Record<string, string>>): void {
    const keys = Object.keys(values)
      .filter((key) => key !== "kubectl.kubernetes.io/last-applied-configuration")
      .sort();
    if (keys.length === 0) {
      this.line(0, `${name}:\t<none>`);
      return;
    }
    keys.forEach((key, index) => {
      const value = (values[key] ?? "").replace(/\n$/, "");
      this.raw(index === 0 ? `${name}:\t` : "\t");
      if (key.length + value.length + 2 <= 140 && !value.includes("\n")) this.raw(`${key}: ${value}\n`);
      else
        this.raw(
          `${key}:\n${value
            .split("\n")
            .map((line) => `\t  ${shortened(line)}\n`)
            .join("")}`,
        );
    });
  }
}

function shortened(line: string): string {
  return line.length > 140 ? `${line.slice(0, 137)}...` : line;
}

/** A time as Go's RFC1123Z: `Sun, 22 Nov 2026 10:00:00 +0000`. */
export function longTime(time: string): string {
  return time === "" ? "<unset>" : strftime("%a, %d %b %Y %T %z", timeOrZero(time));
}
