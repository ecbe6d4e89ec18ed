import type { FileSystem } from "../../../vfs/file-system.ts";
import { notSimulated } from "./failure.ts";
import type { Fields } from "./fields.ts";

/** Builds a kustomization directory. */
export function buildKustomization(_fs: FileSystem, directory: string): Fields[] {
  throw notSimulated(`kustomize (${directory})`);
}
