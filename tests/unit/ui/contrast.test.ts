import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { terminalTheme } from "../../../src/ui/terminal/terminal-theme.ts";

/** Inks of the page must be readable on every surface that carries them: WCAG's 4.5 to 1. */
const CONTRAST_MIN = 4.5;
const SHEET = readFileSync(join(import.meta.dirname, "../../../src/ui/styles/tokens.css"), "utf8");

const SURFACES = ["--ground", "--surface", "--float"];
const PAIRS: readonly (readonly [ink: string, surfaces: readonly string[]])[] = [
  ["--ink", [...SURFACES, "--chosen", "--hover", "--glow"]],
  ["--soft", [...SURFACES, "--chosen", "--hover"]],
  ["--quiet", [...SURFACES, "--hover"]],
  ["--accent", [...SURFACES, "--hover"]],
  ["--on-accent", ["--accent"]],
  ["--made", [...SURFACES, "--made-wash"]],
  ["--gone", [...SURFACES, "--gone-wash"]],
  ["--changed", [...SURFACES, "--changed-wash"]],
];

function tokens(theme: string): Map<string, string> {
  const block = new RegExp(`\\[data-theme="${theme}"\\] \\{([^}]*)\\}`).exec(SHEET)?.[1] ?? "";
  return new Map([...block.matchAll(/(--[\w-]+): (#[0-9a-f]{6});/g)].map(([, name = "", value = ""]) => [name, value]));
}

function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const share = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: string, other: string): number {
  const [high = 0, low = 0] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (high + 0.05) / (low + 0.05);
}

test("contrast is reckoned as WCAG does", () => {
  expect(contrast("#000000", "#ffffff")).toBeCloseTo(21);
  expect(contrast("#777777", "#ffffff")).toBeCloseTo(4.48, 2);
});

describe.each(["light", "dark"])("the %s theme", (theme) => {
  const colours = tokens(theme);
  const cases = PAIRS.flatMap(([ink, surfaces]) => surfaces.map((surface) => [ink, surface] as const));

  test.each(cases)("%s on %s", (ink, surface) => {
    expect(contrast(colours.get(ink) ?? "", colours.get(surface) ?? "")).toBeGreaterThanOrEqual(CONTRAST_MIN);
  });

  test("its terminals' ground is the page's, and their colours are readable on it", () => {
    const { background = "", ...inks } = terminalTheme(theme === "dark");
    expect(background).toBe(colours.get("--ground"));
    for (const name of ["foreground", "red", "green", "yellow", "blue", "magenta", "cyan", "white"] as const) {
      expect(contrast(inks[name] ?? "", background), name).toBeGreaterThanOrEqual(CONTRAST_MIN);
    }
  });
});
