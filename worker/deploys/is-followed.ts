import type { Manifest } from "#contract/manifest/manifest";
import { declaresTriggers } from "../triggers/service.ts";

/**
 * Whether a version says anything that the worker's object must know before a run comes: when to start, and how many at
 * once. Where the version before or the one after does, the object is told of the change. Pure.
 */
export function isFollowed(manifest: Manifest): boolean {
  return declaresTriggers(manifest) || manifest.concurrency !== undefined;
}
