import { migrateTables } from "../platform/objects/object-migrations.ts";
import type { PartTools } from "../platform/objects/object-part.ts";
import type { RoomClaim } from "../runs/ports/room.ts";

/** The durable side of the line for room: each call is one row written, or one read. */
export interface LineTable {
  /** Everybody who stands in line. */
  load(): RoomClaim[];
  put(claim: RoomClaim): void;
  remove(runId: string): void;
}

type LineRow = Omit<RoomClaim, "reuse">;

/** The forms its table has had; see migrateTables. */
const steps = [
  `CREATE TABLE IF NOT EXISTS room_line (run_id TEXT PRIMARY KEY, workspace_id TEXT NOT NULL, worker_id TEXT NOT NULL, bundle_digest TEXT, priority TEXT NOT NULL, since INTEGER NOT NULL, lifetime_ms INTEGER NOT NULL) WITHOUT ROWID;`,
];

/**
 *   room_line(run_id, workspace_id, worker_id, bundle_digest, priority, since, lifetime_ms)   who waits for a sandbox
 * No index, and no other table: whoever finds room at once costs no row here, and whoever waits costs two.
 */
export function createLineTable({ sql, write }: Pick<PartTools, "sql" | "write">): LineTable {
  migrateTables(sql, "room", steps);
  return {
    // Whoever is called asks anew, and says then what it may go on with.
    load: () => sql.exec<LineRow>("SELECT * FROM room_line").toArray(),
    put: ({ run_id, workspace_id, worker_id, bundle_digest, priority, since, lifetime_ms }) =>
      write(
        "INSERT OR REPLACE INTO room_line (run_id, workspace_id, worker_id, bundle_digest, priority, since, lifetime_ms) VALUES (?, ?, ?, ?, ?, ?, ?)",
        run_id,
        workspace_id,
        worker_id,
        bundle_digest,
        priority,
        since,
        lifetime_ms,
      ),
    remove: (runId) => write("DELETE FROM room_line WHERE run_id = ?", runId),
  };
}
