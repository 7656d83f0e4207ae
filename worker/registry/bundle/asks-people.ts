import type { BundleFile } from "./bundle-file.ts";

/** What code of a worker says that asks before it acts, in whichever language. */
const ASKING = /\bapprove\b|\bdecision_required\b|\bdecision\b|\bFLOOM_DECISION\b/;
const CODE = /\.(?:py|[cm]?[jt]sx?|sh)$/;

/**
 * Whether any code of a folder looks as if it asked a person: a search for the words by which that is done, nothing of it
 * is run. Code that says a word and does not ask is taken for one that asks.
 */
export async function asksPeople(files: readonly BundleFile[]): Promise<boolean> {
  for (const file of files)
    if (CODE.test(file.path) && ASKING.test(new TextDecoder().decode(await file.read()))) return true;
  return false;
}
