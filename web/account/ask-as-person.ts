import { createApi } from "../api/api-context.ts";
import type { Api } from "../api/api-context.ts";

/**
 * The API as the person whose session's cookie this browser may have, whatever token it keeps. A refusal signs nobody
 * out: it is what is asked for, or shown where it was asked.
 */
export function askAsPerson(): Api {
  return createApi(undefined, () => undefined);
}
