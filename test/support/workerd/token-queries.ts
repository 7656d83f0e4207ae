import type { WorkspaceId } from "#contract/ids";
import * as devices from "../../../worker/access/devices/store.ts";
import * as access from "../../../worker/access/store.ts";
import * as tokens from "../../../worker/access/tokens/store.ts";
import * as foreseen from "../../../worker/catalog/foreseen-store.ts";
import * as marks from "../../../worker/catalog/mark-store.ts";
import type { Db } from "../../../worker/platform/db/client.ts";
import { newId } from "../../../worker/platform/ids.ts";

export const tokenStores: readonly object[] = [tokens, devices, foreseen, marks];

/** Each function of the stores of tokens and of sign-ins from a terminal, called once; `now` in epoch milliseconds. */
export function tokenQueries(
  workspace: WorkspaceId,
  now: number,
): Record<string, (db: Db) => Promise<unknown>> {
  const tokenId = newId("tok", now);
  const newToken = {
    id: tokenId,
    workspace_id: workspace,
    kind: "token" as const,
    name: "n",
    hash: "h",
    scopes: [],
    user_id: null,
    service_account_id: null,
    created_at: now,
    created_by: "x",
    expires_at: now,
  };
  const service = {
    id: newId("svc", now),
    name: "ci",
    role: "viewer" as const,
    created_at: now,
    created_by: "x",
  };
  const device = {
    device_hash: "h",
    user_code_hash: "u",
    client_name: "n",
    scopes: [],
    address: null,
    interval_seconds: 2,
    created_at: now,
    expires_at: now,
  };

  return {
    readCatalogMark: (db) => marks.readCatalogMark(db, workspace),
    findWorkerOfToken: (db) => foreseen.findWorkerOfToken(db, { hash: "h", name: "a" }),
    noteTokenUse: (db) => access.noteTokenUse(db, tokenId, now),
    "listTokenRows of a workspace": (db) => tokens.listTokenRows(db, workspace, { of: "workspace" }),
    "listTokenRows of a person": (db) => tokens.listTokenRows(db, workspace, { of: "person", id: "usr_1" }),
    "listTokenRows of a token": (db) => tokens.listTokenRows(db, workspace, { of: "token", id: tokenId }),
    findTokenRow: (db) => tokens.findTokenRow(db, workspace, tokenId),
    putToken: (db) => tokens.putToken(db, newToken, tokenId),
    forgetEnded: (db) => tokens.forgetEnded(db, workspace, now),
    deleteTokenRow: (db) => tokens.deleteTokenRow(db, workspace, tokenId),
    replaceToken: (db) =>
      tokens.replaceToken(db, {
        workspaceId: workspace,
        id: tokenId,
        hash: "h2",
        wasMadeAt: now,
        now,
        expiresAt: now,
      }),
    listServiceRows: (db) => tokens.listServiceRows(db, workspace),
    findServiceRow: (db) => tokens.findServiceRow(db, workspace, "ci"),
    putService: (db) => tokens.putService(db, { ...service, workspace_id: workspace }),
    deleteService: (db) => tokens.deleteService(db, workspace, "ci"),
    putDevice: (db) => devices.putDevice(db, device),
    findByDeviceHash: (db) => devices.findByDeviceHash(db, "h"),
    findByUserCodeHash: (db) => devices.findByUserCodeHash(db, "h"),
    notePoll: (db) =>
      devices.notePoll(db, { device_hash: "h", polled_at: null }, { now, interval_seconds: 2 }),
    decideDevice: (db) => devices.decideDevice(db, "h", { status: "denied", by: "x", now }),
    consumeDevice: (db) => devices.consumeDevice(db, "h", { id: tokenId, hash: "h3", now, expiresAt: now }),
  };
}
