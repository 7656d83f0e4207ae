import type { ProcessIdentity } from "../process-table.ts";

/**
 * `starting`: written down, perhaps not launched yet. `pool`: launched and waiting for an owner.
 * `running` and `paused`: a client's. `ending`: to be killed; the record goes when its processes have gone.
 */
type SandboxState = "starting" | "pool" | "running" | "paused" | "ending";

/** Network options as the SDK sends them; kept whole so that they can be shown again. */
export interface NetworkOptions {
  allowOut?: string[];
  denyOut?: string[];
  rules?: Record<string, unknown>;
  allowPublicTraffic?: boolean;
  maskRequestHost?: string;
  httpsPorts?: number[];
}

/** All that the server must know about a sandbox to find it again after its own death. Times in epoch ms. */
export interface SandboxRecord {
  id: string;
  state: SandboxState;
  /** Random part of the names of its directories. */
  key: string;
  /** Host uid it runs under; null for the server's own. */
  uid: number | null;
  /** Process 1 of its pid namespace; killing it ends the sandbox. Null until launched. */
  init: ProcessIdentity | null;
  access_token: string;
  /** The secret its agent knows the host by. Absent for one launched by an earlier Floom, whose agents ask for none. */
  agent_token?: string;
  template_id: string;
  metadata: Record<string, string>;
  started_at_ms: number;
  deadline_at_ms: number;
  /** Time to live last asked for; what traffic to a paused sandbox renews. */
  timeout_ms: number;
  pause_on_timeout: boolean;
  auto_resume: boolean;
  allow_internet_access: boolean;
  network: NetworkOptions | null;
}
