import { z } from "zod";
import { sandboxSizeSchema } from "../isolation/limits.ts";
import { processIdentitySchema } from "../process-table.ts";

const networkOptionsSchema = z.object({
  allowOut: z.array(z.string()).exactOptional(),
  denyOut: z.array(z.string()).exactOptional(),
  rules: z.record(z.string(), z.unknown()).exactOptional(),
  allowPublicTraffic: z.boolean().exactOptional(),
  maskRequestHost: z.string().exactOptional(),
  httpsPorts: z.array(z.number()).exactOptional(),
});

/** Network options as the SDK sends them; kept so that they can be shown again, but for the values of headers in `rules`. */
export type NetworkOptions = z.infer<typeof networkOptionsSchema>;

/** What is on disk is read by it. A field that is younger than the first records must be one that may be absent. */
export const sandboxRecordSchema = z.object({
  id: z.string(),
  /**
   * `starting`: written down, perhaps not launched yet. `pool`: launched and waiting for an owner.
   * `running` and `paused`: a client's. `ending`: to be killed; the record goes when its processes have gone.
   */
  state: z.enum(["starting", "pool", "running", "paused", "ending"]),
  /** Random part of the names of its directories. */
  key: z.string(),
  /** Host uid it runs under; null for the server's own. */
  uid: z.number().nullable(),
  /** Process 1 of its pid namespace; killing it ends the sandbox. Null until launched. */
  init: processIdentitySchema.nullable(),
  access_token: z.string(),
  /** The secret its agent knows the host by. Absent for one launched by an earlier Floom, whose agents ask for none. */
  agent_token: z.string().exactOptional(),
  template_id: z.string(),
  /** The layers it shows of its template; absent for the base. They are kept while it lives. */
  layers: z.array(z.string()).exactOptional(),
  /** Its size, where its template says another one than all have. */
  size: sandboxSizeSchema.exactOptional(),
  metadata: z.record(z.string(), z.string()),
  started_at_ms: z.number(),
  deadline_at_ms: z.number(),
  /** Time to live last asked for; what traffic to a paused sandbox renews. */
  timeout_ms: z.number(),
  pause_on_timeout: z.boolean(),
  /** Whether the pause at its time-out keeps its processes; absent means yes. */
  pause_keeps_memory: z.boolean().exactOptional(),
  /** It is paused and only its files are left: it must be asked for, since no process would answer traffic. */
  memory_dropped: z.boolean().exactOptional(),
  auto_resume: z.boolean(),
  allow_internet_access: z.boolean(),
  network: networkOptionsSchema.nullable(),
  /** What is put into its requests, sealed under the server's own key; absent for nothing. */
  sealed_headers: z.string().exactOptional(),
});

/** All that the server must know about a sandbox to find it again after its own death. Times in epoch ms. */
export type SandboxRecord = z.infer<typeof sandboxRecordSchema>;
