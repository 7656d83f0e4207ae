import { evictDurableObject, listDurableObjectIds } from "cloudflare:test";
import { env } from "cloudflare:workers";

/** Whether this run of the suite proves that nothing that must hold lies in a field of an object. */
export const evictsAlways = env.TEST_EVICT === "1";

/**
 * Under FLOOM_TEST_EVICT=1 every worker's object lets its work come to an end and goes, so that whoever is called next
 * starts anew. Objects of runs stay, for they would first wait for a provider that a test does not have: their engine is
 * evicted by the engine's harness instead.
 */
export async function evictBeforeCall(): Promise<void> {
  if (!evictsAlways) return;
  const namespace = env.WORKER_OBJECT;
  const ids = await listDurableObjectIds(namespace);
  await Promise.all(ids.map((id) => evictDurableObject(namespace.get(id)).catch(ignoreAway)));
}

/** An object that is away already has nothing to forget. */
function ignoreAway(error: unknown): void {
  if (!(error instanceof Error && error.message.includes("not currently running"))) throw error;
}
