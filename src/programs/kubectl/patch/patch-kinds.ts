/** The kinds of patches, as `kubectl patch --type` names them, and server-side apply. */
export type PatchKind = "json" | "merge" | "strategic" | "apply";

/** Their media types. */
export const CONTENT_TYPES: Readonly<Record<PatchKind, string>> = {
  json: "application/json-patch+json",
  merge: "application/merge-patch+json",
  strategic: "application/strategic-merge-patch+json",
  apply: "application/apply-patch+yaml",
};

/** How a patch of this kind is sent. */
export function patchBody(kind: PatchKind): { readonly contentType: string } {
  return { contentType: CONTENT_TYPES[kind] };
}
