import { shells } from "../../src/programs/bash/main.ts";
import { REGEXES_AT_HAND } from "../../src/sandbox/programs/all-programs.ts";

export const { bash, sh, dash, ash } = shells(REGEXES_AT_HAND);
