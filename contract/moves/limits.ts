import { MIB } from "../limit.ts";
import type { Limit } from "../limit.ts";

/** The limits of moving a whole workspace. */
export const moveLimits = {
  // What a proxy before the edge lets through, with a little room.
  workspace_archive_bytes: { value: 95 * MIB, unit: "bytes", what: "the archive of a workspace as sent" },
  workspace_archive_entries: { value: 10_000, unit: "files", what: "files in the archive of a workspace" },
  workspace_archive_versions: {
    value: 20,
    unit: "items",
    what: "newest versions of each worker and context in an archive, unless another number is asked for",
  },
  workspace_archive_versions_most: {
    value: 1000,
    unit: "items",
    what: "versions of each worker and context that can be asked for in an archive",
  },
  workspace_archive_runs: {
    value: 100_000,
    unit: "items",
    what: "run records in the archive of a workspace",
  },
  workspace_archive_document_bytes: {
    value: 8 * MIB,
    unit: "bytes",
    what: "a document of an archive, such as its list of workers",
  },
  import_steps: { value: 25, unit: "items", what: "things that one request of an import takes over" },
  import_kept_days: { value: 1, unit: "days", what: "how long an archive waits to be imported further" },
} as const satisfies Record<string, Limit>;
