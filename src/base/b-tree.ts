import * as sortedBtree from "sorted-btree";

/**
 * sorted-btree's class. The package is CommonJS with a `default` export; what a bundler makes of its default import
 * differs (the class, or the module that holds it), so it is looked for here, once.
 */
const found = sortedBtree.default as unknown as { readonly default?: typeof sortedBtree.default };
export const BTree: typeof sortedBtree.default = found.default ?? sortedBtree.default;

/** A sorted map with copy-on-write clones. */
export type BTree<K, V> = sortedBtree.default<K, V>;
