import { evictDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";

/** Whether this run of the suite proves that nothing that must hold lies in a field of an object. */
export const evictsAlways = env.TEST_EVICT === "1";

/** Has an object forget what it has in memory; one that sleeps already has nothing to forget. */
export async function putToSleep(stub: DurableObjectStub): Promise<void> {
  await evictDurableObject(stub).catch((error: unknown) => {
    if (!(error instanceof Error && error.message.includes("not currently running"))) throw error;
  });
}
