import * as z from "zod";
import { outputOfRun } from "./run-output.ts";
import { outputOf } from "./tool-output.ts";
import type { OutputSchema } from "./tool-output.ts";

const file = z.object({ path: z.string(), bytes: z.int() });

/** What those tools answer that do not answer as their route does, by name. */
export const specialOutputs: Readonly<Record<string, OutputSchema>> = {
  run_start: outputOfRun({}),
  run_wait: outputOfRun({}),
  worker_files: outputOf(
    z.object({
      files: z.array(file).optional().describe("Which there are, without a path."),
      path: z.string().optional(),
      content: z.string().optional().describe("Of the file that was asked for."),
    }),
  ),
  store_get: outputOf(z.object({ key: z.string(), value: z.json() })),
};
