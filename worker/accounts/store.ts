import { and, desc, eq } from "drizzle-orm";
import type { UserId } from "#contract/ids";
import type { Db } from "../platform/db/client.ts";
import { accounts, passkeys, sessions, users } from "../platform/db/schema/accounts.ts";

/** A sign-in as its row says it, without the token that would be worth it. */
export interface SessionRow {
  id: string;
  createdAt: Date;
  expiresAt: Date;
  ipAddress: string | null;
  userAgent: string | null;
}

export interface PersonRows {
  createdAt: Date;
  ways: { providerId: string; createdAt: Date }[];
  passkeys: { name: string | null; createdAt: Date | null }[];
}

/** Nobody sees more of their sign-ins than these, the newest. */
const SESSIONS_SHOWN = 100;

/** Whether anybody has an account. */
export async function hasUsers(db: Db): Promise<boolean> {
  const rows = await db.select({ id: users.id }).from(users).limit(1);
  return rows.length > 0;
}

export async function hasUser(db: Db, email: string): Promise<boolean> {
  const rows = await db
    .select({ id: users.id })
    .from(users)
    .where(eq(users.email, email.toLowerCase()))
    .limit(1);
  return rows.length > 0;
}

/** A person's sign-ins, the newest first. */
export function listSessionRows(db: Db, userId: UserId): Promise<SessionRow[]> {
  return db
    .select({
      id: sessions.id,
      createdAt: sessions.createdAt,
      expiresAt: sessions.expiresAt,
      ipAddress: sessions.ipAddress,
      userAgent: sessions.userAgent,
    })
    .from(sessions)
    .where(eq(sessions.userId, userId))
    .orderBy(desc(sessions.createdAt))
    .limit(SESSIONS_SHOWN);
}

/** Ends one sign-in of this person; false when they have none of this id. */
export async function deleteSessionRow(db: Db, userId: UserId, id: string): Promise<boolean> {
  const rows = await db
    .delete(sessions)
    .where(and(eq(sessions.userId, userId), eq(sessions.id, id)))
    .returning({ id: sessions.id });
  return rows.length > 0;
}

/** What is kept of a person besides their sign-ins. */
export async function loadPerson(db: Db, userId: UserId): Promise<PersonRows | undefined> {
  const [people, ways, keys] = await db.batch([
    db.select({ createdAt: users.createdAt }).from(users).where(eq(users.id, userId)),
    db
      .select({ providerId: accounts.providerId, createdAt: accounts.createdAt })
      .from(accounts)
      .where(eq(accounts.userId, userId)),
    db
      .select({ name: passkeys.name, createdAt: passkeys.createdAt })
      .from(passkeys)
      .where(eq(passkeys.userId, userId)),
  ]);
  const [person] = people;
  return person && { createdAt: person.createdAt, ways, passkeys: keys };
}

/** Deletes a person with every way in and every sign-in, in one step. */
export async function deleteUserRows(db: Db, userId: UserId): Promise<void> {
  await db.batch([
    db.delete(sessions).where(eq(sessions.userId, userId)),
    db.delete(accounts).where(eq(accounts.userId, userId)),
    db.delete(passkeys).where(eq(passkeys.userId, userId)),
    db.delete(users).where(eq(users.id, userId)),
  ]);
}
