import fc from "fast-check";

/**
 * The seed of every random history: one and the same, so that a test passes on one machine if it does on another.
 * `npm run fuzz` looks further, with one seed after another.
 */
fc.configureGlobal({ seed: Number(process.env["FUZZ_SEED"] ?? 1) });
