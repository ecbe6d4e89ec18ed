/** Nodes up to which a document may consist of aliases almost wholly, and from which on by a tenth at most. */
const FREE_NODES = 400_000;
const STRICT_NODES = 4_000_000;

/**
 * Whether a document's aliases unfold into more than Go's reader is willing to decode (yaml.v3, decode.go,
 * allowedAliasRatio): a few lines can stand for billions of nodes.
 */
export function unfoldsTooFar(document: unknown): boolean {
  const seen = new Set<object>();
  let nodes = 0;
  let aliased = 0;
  const visit = (value: unknown, within: boolean): boolean => {
    nodes++;
    if (within) aliased++;
    if (aliased > 100 && nodes > 1000 && aliased / nodes > allowedRatio(nodes)) return true;
    if (typeof value !== "object" || value === null) return false;
    // What is met again can only have come by an alias.
    const alias = within || seen.has(value);
    seen.add(value);
    if (Array.isArray(value)) return value.some((item) => visit(item, alias));
    return Object.entries(value).some(([key, item]) => visit(key, alias) || visit(item, alias));
  };
  return visit(document, false);
}

function allowedRatio(nodes: number): number {
  if (nodes <= FREE_NODES) return 0.99;
  if (nodes >= STRICT_NODES) return 0.1;
  return 0.99 - (0.89 * (nodes - FREE_NODES)) / (STRICT_NODES - FREE_NODES);
}
