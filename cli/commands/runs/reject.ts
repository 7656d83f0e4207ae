import type { Run } from "../../command.ts";
import type { rejectRunSpec } from "./specs.ts";
import { run as reject } from "../approvals/reject.ts";

/** The same as `approvals reject`, among the commands of runs. */
export const run: Run<typeof rejectRunSpec> = reject;
