import type { Api } from "./api.ts";
import type { Connection } from "./config.ts";
import type { Host } from "./host.ts";
import type { Output } from "./output/output.ts";

/** What every command is given. */
export interface CommandContext {
  host: Host;
  /** Whether `--json` was given: one document on standard output and nothing else there. */
  json: boolean;
  output: Output;
  /** The checkout this CLI belongs to. */
  checkoutDir: string;
  /** Finds server and token; see config.ts. */
  connection: () => Connection;
  /** Opens the typed client; the contract is read only then, so that help stays quick. */
  api: () => Promise<Api>;
}
