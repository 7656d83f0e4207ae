import { and, eq, gt, isNull, lte, sql } from "drizzle-orm";
import * as z from "zod";
import { scopeSchema } from "#contract/access/access";
import type { Scope } from "#contract/access/access";
import type { TokenId, UserId, WorkspaceId } from "#contract/ids";
import { limits } from "#contract/limits";
import type { Db } from "../../platform/db/client.ts";
import { tokens, workspaces } from "../../platform/db/schema/access.ts";
import { deviceLogins } from "../../platform/db/schema/tokens.ts";
import { defineUnmarked } from "../../platform/objects/stored-document.ts";

/** A program that waits to be let in, or was. Times in epoch milliseconds. */
export interface DeviceRow {
  device_hash: string;
  client_name: string;
  scopes: Scope[];
  address: string | null;
  status: "pending" | "approved" | "denied" | "consumed";
  interval_seconds: number;
  polled_at: number | null;
  created_at: number;
  expires_at: number;
  workspace_id: WorkspaceId | null;
  user_id: UserId | null;
  decided_by: string | null;
}

const MOST_WAITING = limits.devices_waiting.value;
/** So long a sign-in is remembered after its time, so that who comes late is told what became of it. */
const REMEMBERED_MS = 3_600_000;

const scopesForm = defineUnmarked("scopes of a device login", z.array(z.string()));

/**
 * Writes a program that waits, and forgets those of an hour ago. False, and none is written, while as many wait as may.
 */
export async function putDevice(
  db: Db,
  device: Pick<
    DeviceRow,
    "device_hash" | "client_name" | "scopes" | "address" | "interval_seconds" | "created_at" | "expires_at"
  > & { user_code_hash: string },
): Promise<boolean> {
  const waiting = sql`(SELECT count(*) FROM device_logins WHERE expires_at > ${device.created_at}) < ${MOST_WAITING}`;
  const row = db
    .select({
      device_hash: sql`${device.device_hash}`.as("device_hash"),
      user_code_hash: sql`${device.user_code_hash}`.as("user_code_hash"),
      client_name: sql`${device.client_name}`.as("client_name"),
      scopes: sql`${JSON.stringify(device.scopes)}`.as("scopes"),
      address: sql`${device.address}`.as("address"),
      status: sql`'pending'`.as("status"),
      interval_seconds: sql`${device.interval_seconds}`.as("interval_seconds"),
      polled_at: sql`NULL`.as("polled_at"),
      created_at: sql`${device.created_at}`.as("created_at"),
      expires_at: sql`${device.expires_at}`.as("expires_at"),
      workspace_id: sql`NULL`.as("workspace_id"),
      user_id: sql`NULL`.as("user_id"),
      decided_by: sql`NULL`.as("decided_by"),
    })
    .from(sql`(SELECT 1)`)
    .where(waiting);
  const [, put] = await db.batch([
    db.delete(deviceLogins).where(lte(deviceLogins.expires_at, device.created_at - REMEMBERED_MS)),
    db.insert(deviceLogins).select(row).returning({ device_hash: deviceLogins.device_hash }),
  ]);
  return put.length === 1;
}

async function findDevice(db: Db, where: ReturnType<typeof eq>): Promise<DeviceRow | undefined> {
  const [row] = await db.select().from(deviceLogins).where(where).limit(1);
  return row && { ...row, scopes: knownScopes(scopesForm.read(row.scopes)) };
}

/** A scope that is no more, or not yet, is passed over. */
const knownScopes = (scopes: readonly string[]): Scope[] =>
  scopes.flatMap((scope) => scopeSchema.safeParse(scope).data ?? []);

/** The program whose long code this is the digest of. */
export async function findByDeviceHash(db: Db, hash: string): Promise<DeviceRow | undefined> {
  return findDevice(db, eq(deviceLogins.device_hash, hash));
}

/** The program whose short code this is the digest of. */
export async function findByUserCodeHash(db: Db, hash: string): Promise<DeviceRow | undefined> {
  return findDevice(db, eq(deviceLogins.user_code_hash, hash));
}

/** Notes that a program asked, and how long it is to wait; false when another question was noted meanwhile. */
export async function notePoll(
  db: Db,
  row: Pick<DeviceRow, "device_hash" | "polled_at">,
  next: { now: number; interval_seconds: number },
): Promise<boolean> {
  const noted = await db
    .update(deviceLogins)
    .set({ polled_at: next.now, interval_seconds: next.interval_seconds })
    .where(
      and(eq(deviceLogins.device_hash, row.device_hash), sql`${deviceLogins.polled_at} IS ${row.polled_at}`),
    )
    .returning({ device_hash: deviceLogins.device_hash });
  return noted.length === 1;
}

/** Writes what a person decided, once and in time; false when it was decided before, or is too late. */
export async function decideDevice(
  db: Db,
  deviceHash: string,
  decision:
    | { status: "denied"; by: string; now: number }
    | {
        status: "approved";
        by: string;
        now: number;
        scopes: readonly Scope[];
        workspaceId: WorkspaceId;
        userId: UserId | null;
      },
): Promise<boolean> {
  const granted =
    decision.status === "denied"
      ? {}
      : { scopes: decision.scopes, workspace_id: decision.workspaceId, user_id: decision.userId };
  const decided = await db
    .update(deviceLogins)
    .set({ status: decision.status, decided_by: decision.by, ...granted })
    .where(
      and(
        eq(deviceLogins.device_hash, deviceHash),
        eq(deviceLogins.status, "pending"),
        gt(deviceLogins.expires_at, decision.now),
      ),
    )
    .returning({ device_hash: deviceLogins.device_hash });
  return decided.length === 1;
}

/**
 * Makes the token of a program that was let in, and marks its sign-in as used, in one step: of several that ask at once
 * one gets it. False for the others, and while the workspace is being deleted.
 */
export async function consumeDevice(
  db: Db,
  deviceHash: string,
  token: { id: TokenId; hash: string; now: number; expiresAt: number },
): Promise<boolean> {
  const isApproved = and(
    eq(deviceLogins.device_hash, deviceHash),
    eq(deviceLogins.status, "approved"),
    gt(deviceLogins.expires_at, token.now),
  );
  const row = db
    .select({
      id: sql`${token.id}`.as("id"),
      workspace_id: workspaces.id,
      kind: sql`'token'`.as("kind"),
      name: deviceLogins.client_name,
      hash: sql`${token.hash}`.as("hash"),
      scopes: deviceLogins.scopes,
      created_at: sql`${token.now}`.as("created_at"),
      expires_at: sql`${token.expiresAt}`.as("expires_at"),
      user_id: deviceLogins.user_id,
      service_account_id: sql`NULL`.as("service_account_id"),
      created_by: deviceLogins.decided_by,
      last_used_at: sql`NULL`.as("last_used_at"),
    })
    .from(deviceLogins)
    .innerJoin(workspaces, and(eq(workspaces.id, deviceLogins.workspace_id), isNull(workspaces.deleted_at)))
    .where(isApproved);
  const [put] = await db.batch([
    db.insert(tokens).select(row).returning({ id: tokens.id }),
    db.update(deviceLogins).set({ status: "consumed" }).where(isApproved),
  ]);
  return put.length === 1;
}
