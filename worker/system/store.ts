import { sql } from "drizzle-orm";
import type { Db } from "../platform/db/client.ts";

/** Does the database answer? */
export async function pingDatabase(db: Db): Promise<boolean> {
  try {
    await db.run(sql`SELECT 1`);
    return true;
  } catch {
    return false;
  }
}
