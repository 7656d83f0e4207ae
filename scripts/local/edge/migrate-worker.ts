import { migrate } from "./migrate.ts";
import type { Migration, MigrationDatabase } from "./migrate.ts";

/** Applies the migrations of a local edge before it answers anything: run once by `workerd test`, then gone. */
export const migrateWorker = {
  async test(_controller: unknown, env: { DB: MigrationDatabase; MIGRATIONS: Migration[] }): Promise<void> {
    for (const name of await migrate(env.DB, env.MIGRATIONS)) console.log(`applied migration ${name}`);
  },
};
