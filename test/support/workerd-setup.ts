import { applyD1Migrations, reset } from "cloudflare:test";
import type { D1Migration } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach } from "vitest";

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
  await applyD1Migrations(env.DB, env.TEST_MIGRATIONS);
});

afterEach(async () => {
  await reset();
});
