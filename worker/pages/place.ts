import type { Door } from "../shares/door.ts";

/** The three ways to an app: its public page, a link, and the page within another site's frame. */
export type PlaceKind = "a" | "s" | "embed";

/** Where a visitor stands. */
export interface Place {
  door: Door;
  /** Path of the app there, without a slash at its end. */
  base: string;
  framed: boolean;
}

/** The path of a place by what its address names. Pure. */
export function basePath(kind: PlaceKind, id: string): string {
  return `/${kind}/${encodeURIComponent(id)}`;
}

/** Which sites may show a place in a frame. Pure. */
export function framesOf({ door, framed }: Place): readonly string[] {
  return framed ? (door.app?.settings.embed_origins ?? []) : [];
}
