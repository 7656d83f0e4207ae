import { MIB } from "../limit.ts";
import type { Limit } from "../limit.ts";

/** The limits of contexts. */
export const contextLimits = {
  workspace_contexts: { value: 100, unit: "items", what: "contexts of a workspace" },
  context_files: { value: 800, unit: "files", what: "the files of one context" },
  context_file_bytes: { value: 25 * MIB, unit: "bytes", what: "one file of a context" },
  context_total_bytes: { value: 50 * MIB, unit: "bytes", what: "all files of a context together" },
  context_zip_bytes: {
    value: 50 * MIB,
    unit: "bytes",
    what: "the zip of a folder that is put into a context",
  },
  context_stored_bytes: {
    value: 1024 * MIB,
    unit: "bytes",
    what: "all contents that a context's versions hold, each counted once",
  },
  context_versions: { value: 200, unit: "items", what: "versions of a context that are kept; older ones go" },
  context_versions_listed: { value: 200, unit: "items", what: "versions in one list" },
  context_mounts: { value: 10, unit: "items", what: "contexts that a worker mounts" },
  context_mounted_bytes: { value: 100 * MIB, unit: "bytes", what: "all files that are mounted for a run" },
  context_archive_days: {
    value: 7,
    unit: "days",
    what: "how long files of a context stay packed for runs; they are packed anew when one needs them",
  },
  context_written_files: { value: 200, unit: "files", what: "files that a run may change in its contexts" },
} as const satisfies Record<string, Limit>;
