import { afterEach, expect, test, vi } from "vitest";
import { problemOf } from "../../../src/embed/options.ts";
import { kindOfPage } from "../../../src/ui/world-kind.ts";

afterEach(() => vi.unstubAllGlobals());

test.each([
  ["seed", "7", 7],
  ["seed", "0", 0],
  ["seed", "4294967295", 4294967295],
  ["seed", "4294967296", 1],
  ["seed", "-3", 1],
  ["seed", "1e3", 1],
  ["seed", "", 1],
  ["topology", "bare", "bare"],
  ["topology", "none", "kubeadm"],
  ["etcd", "3.5", "3.5"],
  ["etcd", "3.4", "3.6"],
] as const)("the address's %s=%s makes %s of the world, and no more is told to be wrong", async (name, value, made) => {
  vi.stubGlobal("location", { search: `?${name}=${value}` });
  expect((await kindOfPage())[name]).toBe(made);
  const isTaken = String(made) === value;
  expect(problemOf(name, value) === undefined).toBe(isTaken || value === "");
});
