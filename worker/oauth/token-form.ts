/** How the tokens of connected clients begin, so that one that leaks is known for what it is. */
export const accessPrefix = "flm_oat_";
export const refreshPrefix = "flm_ort_";

/** What follows the prefix of an access token; null for what is none. Pure. */
export function readAccessToken(token: string): string | null {
  return new RegExp(`^${accessPrefix}([A-Za-z]{32})$`).exec(token)?.[1] ?? null;
}
