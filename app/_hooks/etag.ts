import type { Position } from "@/lib/domain/snapshot";

/**
 * The tag of the same view at another position. A tag is `W/"<epoch>-<version>~<suffix>"`; the suffix stands for
 * settings and view and is the server's affair. Null when the tag is not of that form.
 */
export function etagAt(etag: string | null, position: Position): string | null {
  const suffix = /^(?:W\/)?"[^"~]*(~[^"]*)"$/.exec(etag ?? "")?.[1];
  return suffix === undefined ? null : `W/"${position.epoch}-${position.version}${suffix}"`;
}
