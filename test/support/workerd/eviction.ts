import { env } from "cloudflare:workers";

/** Whether this run of the suite proves that nothing that must hold lies in a field of an object. */
export const evictsAlways = env.TEST_EVICT === "1";
