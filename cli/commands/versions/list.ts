import type { Run } from "../../command.ts";
import type { listVersionsSpec } from "./specs.ts";
import { run as listVersions } from "../workers/versions.ts";

/** The same as `workers versions`, beside the other commands about versions. */
export const run: Run<typeof listVersionsSpec> = listVersions;
