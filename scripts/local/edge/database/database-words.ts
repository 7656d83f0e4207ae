/** Characters that one call to the object carries either way. The runtime refuses 32 MiB, and a character may take two bytes. */
export const MOST_CARRIED = 8 * 1024 * 1024;
