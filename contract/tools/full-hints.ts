import type { RouteId } from "../routes.ts";
import type { PlatformTool } from "./tool.ts";

/** What a tool does, and words for whoever is a model, where neither is seen from its route's method and summary. */
interface ToolExceptions {
  /** Where the operation's own name is not what it is called. */
  name?: string;
  hints?: Partial<Pick<PlatformTool, "readOnly" | "destructive" | "idempotent" | "openWorld">>;
  /** Said after the route's own words. */
  more?: string;
}

const callsOut = { openWorld: true };
const overwrites = { destructive: true };
const reads = { readOnly: true, idempotent: true };
const repeatable = { idempotent: true };
const startsRuns = "It starts runs: run_wait waits for one.";

/** By the operation that the tool makes. */
export const toolExceptions: Partial<Record<RouteId, ToolExceptions>> = {
  // What a run does is whatever its worker may.
  testTrigger: { hints: callsOut, more: startsRuns },
  redeliver: { hints: callsOut, more: startsRuns },
  redeliverMany: { hints: callsOut, more: startsRuns },
  startEvaluation: {
    hints: callsOut,
    more: "Give `key` against repeats, then call get_evaluation until its status is completed.",
  },
  testWorker: {
    name: "worker_test",
    hints: callsOut,
    more: "Use it between worker_deploy and run_start. With `wait` (seconds) it answers the verdict; where it is null, call again with the same `key`.",
  },
  redriveDeadLetters: { hints: { ...callsOut, idempotent: true }, more: startsRuns },
  resumeWorker: { hints: { ...callsOut, idempotent: true }, more: startsRuns },
  resumeTrigger: { hints: { ...callsOut, idempotent: true } },
  // It stores nothing, and asks the address that it is given.
  generateWorker: { hints: { ...reads, ...callsOut }, more: "Then deploy worker_yml with worker_deploy." },
  // Somebody outside is told something.
  testAlert: { hints: callsOut, more: "It sends a real message." },
  redeliverAlert: { hints: callsOut, more: "It sends a real message." },
  inviteMember: { hints: callsOut, more: "It may send a mail: ask the person first." },
  createAlert: { hints: callsOut, more: "Messages leave the platform from then on: ask the person first." },
  updateAlert: { hints: { ...callsOut, idempotent: true } },
  setApp: { hints: callsOut, more: "It may open the worker to strangers: ask the person first." },
  createRunShare: { hints: callsOut, more: "Whoever has the link sees it: ask the person first." },
  createFileShare: { hints: callsOut, more: "Whoever has the link sees it: ask the person first." },
  importShare: { hints: callsOut },
  // What was there before is gone, or somebody loses what they had.
  changeMember: { hints: { ...overwrites, idempotent: true }, more: "Ask the person first." },
  setWorkerGrants: { hints: overwrites, more: "The list replaces what was granted before." },
  setWorkerVisibility: { hints: overwrites },
  setContextVisibility: { hints: overwrites },
  setContextSensitive: { hints: overwrites },
  grantSecret: { hints: overwrites, more: "The list replaces the earlier one; see secret_list." },
  putTemplate: { hints: overwrites },
  executeStore: { hints: overwrites, more: "Statements may drop tables: there is no way back." },
  changeWorkspaceSettings: {
    hints: { ...overwrites, idempotent: true },
    more: "A shorter time to keep things deletes what is older: ask the person first.",
  },
  dismissDeadLetters: { hints: { ...overwrites, idempotent: true } },
  moveContextFile: { hints: overwrites },
  // Earlier versions stay, so nothing is lost.
  replaceWorkerFiles: {
    more: "Earlier versions stay: version_rollback goes back. worker_deploy does the same.",
  },
  putContextFile: { more: "Earlier versions stay: restore_context_file goes back." },
  archiveWorker: { hints: repeatable, more: "restore_worker brings it back." },
  restoreWorker: { hints: repeatable },
  pauseWorker: { hints: repeatable, more: "resume_worker ends it." },
  pauseTrigger: { hints: repeatable, more: "resume_trigger ends it." },
  renameWorkspace: { hints: repeatable },
  getCouncil: { name: "council_status", more: "run_start starts one; run_get has what came out." },
  interveneInCouncil: {
    name: "council_intervene",
    more: "Then council_status says which turn was told first.",
  },
  stopCouncil: {
    name: "council_stop",
    hints: { destructive: true, idempotent: true },
    more: "It cannot go on afterwards: ask the person first.",
  },
  startWorkSession: {
    name: "session_start",
    more: "Then session_note and session_add_run; end it with session_end.",
  },
  listWorkSessions: { name: "session_list" },
  getWorkSession: { name: "session_status" },
  beatWorkSession: { name: "session_heartbeat", hints: repeatable },
  addWorkSessionNote: { name: "session_note" },
  addWorkSessionRun: { name: "session_add_run" },
  endWorkSession: { name: "session_end", hints: repeatable },
  checkWorkSessionSync: { name: "session_sync_check" },
  syncWorkSession: {
    name: "session_sync",
    hints: callsOut,
    more: "A person approves it before anything leaves.",
  },
  deleteWorkSession: { name: "session_delete" },
  // They are asked by POST and change nothing.
  queryStore: { hints: reads, more: "See store_list for keys; tables are those the worker made." },
  testSecret: { hints: repeatable },
  testConnection: { hints: { ...repeatable, openWorld: true } },
  patchConnection: { hints: repeatable, more: "A person accepts tools with: floom connections pin NAME." },
  authorizeConnection: {
    more: "Give the link to the person: it is opened in a browser that is signed in to Floom.",
  },
  // A count goes on with every call.
  incrementStoreValue: { more: "Each call counts: do not repeat one whose answer was lost." },
};
