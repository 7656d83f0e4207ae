import { MIB } from "../limit.ts";
import type { Limit } from "../limit.ts";

/** The limits of a worker's files. */
export const workerLimits = {
  bundle_file_bytes: { value: 5 * MIB, unit: "bytes", what: "one file of a bundle" },
  bundle_total_bytes: { value: 50 * MIB, unit: "bytes", what: "all files of a bundle, unpacked" },
  bundle_zip_bytes: { value: 50 * MIB, unit: "bytes", what: "the zip of a bundle as sent" },
  bundle_files: { value: 2000, unit: "files", what: "the files of one bundle" },
  bundle_path_characters: { value: 512, unit: "characters", what: "a path inside a bundle" },
  source_body_bytes: {
    value: 16 * MIB,
    unit: "bytes",
    what: "a JSON body that carries the files of a worker",
  },
} as const satisfies Record<string, Limit>;
