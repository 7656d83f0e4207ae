import { findSession } from "../accounts/service.ts";
import type { AccessDeps } from "../access/service.ts";
import { countRuns } from "../runs/record/expiry-store.ts";
import { accountDeps } from "./account-deps.ts";
import type { Host } from "./host.ts";

/** So many runs of a workspace that goes are counted: beyond that a count would cost more than it says. */
const COUNTED_MOST = 4000;

export function accessDeps(host: Host): AccessDeps {
  const { foreseen } = host;
  const { ownerToken, signingKey, earlierSigningKeys, ownerIsLocal } = host.config;
  return {
    db: host.db,
    clock: host.clock,
    ownerToken,
    signingKey,
    earlierSigningKeys,
    behind: host.behind,
    ...(foreseen === undefined ? {} : { shown: (hash) => foreseen.look(hash) }),
    marked: (workspaceId, mark) => host.noteMark(workspaceId, mark),
    ownerIsLocal,
    findSession: (request) => findSession(accountDeps(host), request),
    newWorkspaceId: (nowMs) => host.newId("wsp", nowMs),
    countRunsLeft: async (workspaceId) => ({
      count: await countRuns(host.db, workspaceId, COUNTED_MOST),
      most: COUNTED_MOST,
    }),
  };
}
