import { applyD1Migrations, reset, runInDurableObject } from "cloudflare:test";
import type { D1Migration } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach } from "vitest";
import { firstWorkspaceId } from "../../worker/access/principal.ts";

declare global {
  namespace Cloudflare {
    interface GlobalProps {
      mainModule: typeof import("../../worker/index.ts");
    }
    interface Env {
      /** The SQL of `migrations/`, read in Node and handed in by vitest.config.ts. */
      TEST_MIGRATIONS: D1Migration[];
      /** "1": objects forget what they have in memory before each call; see test/support/workerd/eviction.ts. */
      TEST_EVICT: string;
    }
  }
}

// Files share one isolate (starting one per file costs a second each), so storage is emptied between tests.
// reset() also drops the tables.
beforeEach(async () => {
  startedAt = clock.now();
  await applyD1Migrations(env.DB, env.TEST_MIGRATIONS);
});

afterEach(async () => {
  if (clock.now() - startedAt > SLEEPS_AFTER_MS / 2) await wakeWhatTestsShare();
  await reset();
});

/** The runtime puts to sleep what nothing has asked for so long, and reset() empties what is awake alone. */
const SLEEPS_AFTER_MS = 10_000;
/** The machine's, where a test has a clock of its own. */
const clock = Date;
let startedAt = 0;

/** Asks what another test would find as this one has left it: database and bucket are objects too, and few names stand. */
async function wakeWhatTestsShare(): Promise<void> {
  await env.DB.prepare("SELECT 1").run();
  await env.FILES.head("none");
  const named = [
    env.CAPACITY_OBJECT.getByName("sandboxes"),
    ...[env.AUDIT_OBJECT, env.HOUSEKEEPER_OBJECT, env.STORE_OBJECT].map((of) =>
      of.getByName(firstWorkspaceId),
    ),
  ];
  for (const stub of named) await runInDurableObject(stub, () => undefined);
}
