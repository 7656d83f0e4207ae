import type { Run } from "../../command.ts";
import type { approveRunSpec } from "./specs.ts";
import { run as approve } from "../approvals/approve.ts";

/** The same as `approvals approve`, among the commands of runs. */
export const run: Run<typeof approveRunSpec> = approve;
