import { isAbsolute, join, resolve } from "node:path";

/** The checkout's root folder. */
export const rootDir = resolve(import.meta.dirname, "..");

/** Resolves a path below the checkout. */
export function inRoot(path: string): string {
  return isAbsolute(path) ? path : join(rootDir, path);
}
