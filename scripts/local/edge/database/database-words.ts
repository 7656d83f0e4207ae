/** Characters that one call to the object carries either way. The runtime refuses 32 MiB, and a character may take two bytes. */
export const MOST_CARRIED = 8 * 1024 * 1024;

/** How the rows of an answer are to come, by the address that the runtime's binding asks. Pure. */
export function readFormat(url: string): string {
  return new URL(url).searchParams.get("resultsFormat") ?? "";
}
