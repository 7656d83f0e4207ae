import { startWorkSessionSchema } from "#contract/work-sessions/work-session";
import type { workSessionRoutes } from "#contract/work-sessions/routes";
import type { RouteHandlers } from "../http/mount.ts";
import {
  addWorkSessionNote,
  addWorkSessionRun,
  beatWorkSession,
  checkSync,
  deleteWorkSession,
  endWorkSession,
  getWorkSession,
  listWorkSessions,
  requestSync,
  startWorkSession,
} from "./service.ts";
import type { WorkSessionDeps } from "./service.ts";

export const workSessionHandlers: RouteHandlers<typeof workSessionRoutes, WorkSessionDeps> = {
  startWorkSession: (deps, { principal, json }) =>
    startWorkSession(deps, principal, json ?? startWorkSessionSchema.parse({})),
  listWorkSessions: (deps, { principal, query }) => listWorkSessions(deps, principal, query),
  getWorkSession: (deps, { principal, params }) => getWorkSession(deps, principal, params.session),
  beatWorkSession: (deps, { principal, params }) => beatWorkSession(deps, principal, params.session),
  addWorkSessionNote: (deps, { principal, params, json }) =>
    addWorkSessionNote(deps, principal, { ...params, note: json.note }),
  addWorkSessionRun: (deps, { principal, params }) => addWorkSessionRun(deps, principal, params),
  endWorkSession: (deps, { principal, params, json }) =>
    endWorkSession(deps, principal, { ...params, message: json?.message }),
  checkWorkSessionSync: (deps, { principal, params }) => checkSync(deps, principal, params.session),
  syncWorkSession: (deps, { principal, params }) => requestSync(deps, principal, params.session),
  async deleteWorkSession(deps, { principal, params }) {
    await deleteWorkSession(deps, principal, params.session);
    return undefined;
  },
};
