import type { ImageDefinition } from "../../machine/container-runtime.ts";
import { CONTROL_PLANE_IMAGES } from "./control-plane.ts";
import { LIBRARY_IMAGES } from "./library.ts";

/** All that the simulated registries hold. */
export const IMAGE_CATALOGUE: readonly ImageDefinition[] = [...CONTROL_PLANE_IMAGES, ...LIBRARY_IMAGES];
