import { terminalArea } from "./areas/terminal.ts";
import { usersFilesArea } from "./areas/users-files.ts";
import { bundlesArea } from "./areas/bundles.ts";
import { approvalsArea } from "./areas/approvals.ts";
import { webhooksArea } from "./areas/webhooks.ts";
import { openHooksArea } from "./areas/open-hooks.ts";
import { alertsArea } from "./areas/alert-addresses.ts";
import { doorsArea } from "./areas/doors.ts";
import { requestsArea } from "./areas/requests.ts";
import { journalArea } from "./areas/forged-journal.ts";
import { dependenciesArea } from "./areas/dependencies.ts";
import { agentArea, limitsArea } from "./areas/agent-and-limits.ts";
import { lifetimeArea } from "./areas/lifetime.ts";
import { runTokenArea } from "./areas/run-token.ts";
import { hostFilesArea } from "./areas/host-files.ts";
import { kernelArea } from "./areas/kernel-calls.ts";
import { narrowArea, networkArea } from "./areas/way-out.ts";
import type { Area } from "./model/attempt.ts";
import type { Stage } from "./stage/stage.ts";

/** Every area, in the order of the report. */
export const areas: readonly Area<Stage>[] = [terminalArea, usersFilesArea];

/** What an attacker wants in an area, for the documentation. */
export const areaTitles: Readonly<Record<string, string>> = {};
