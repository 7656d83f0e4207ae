import type { Principal, Scope } from "#contract/access/access";
import { formatLimit, limits } from "#contract/limits";
import { AppError } from "../../platform/app-error.ts";

const DAY_MS = 86_400_000;
/** A token as far as it is asked whose it is. */
export interface OwnedToken {
  id: string;
  kind: "owner" | "token" | "service";
  user_id: string | null;
  created_by: string | null;
}

/** The tokens that somebody sees: all of the workspace, a person's, or one token's own and those it made. */
export type Reach = { of: "workspace" } | { of: "person"; id: string } | { of: "token"; id: string };

/** The person somebody acts for; null for a program, and for the owner, who has no account. Pure. */
export function personOf(principal: Principal): string | null {
  return "user_id" in principal ? principal.user_id : null;
}

/** Which tokens somebody sees. Pure. */
export function reachOf(principal: Principal): Reach {
  if (principal.scopes.includes("members:write")) return { of: "workspace" };
  const person = personOf(principal);
  return person === null ? { of: "token", id: principal.id } : { of: "person", id: person };
}

/** Whether somebody sees a token of their workspace. Pure. */
export function isInReach(principal: Principal, token: OwnedToken): boolean {
  if (token.id === principal.id) return true;
  const reach = reachOf(principal);
  if (reach.of === "workspace") return true;
  if (reach.of === "person") return token.kind === "token" && token.user_id === reach.id;
  return token.created_by === reach.id;
}

/**
 * Whether somebody may be shown a new token in this one's place: who holds it speaks in its name, so nobody may who could
 * not have made it. Another person's is that person's alone, whatever the role. Pure.
 */
export function mayHold(principal: Principal, token: OwnedToken): boolean {
  if (token.kind === "owner" || !isInReach(principal, token)) return false;
  return token.kind === "service" || token.user_id === personOf(principal);
}

/** Refuses whoever may not make tokens, nor end others: a token needs the scope for it, a person none. Pure. */
export function requireMaker(principal: Principal): void {
  if (principal.kind === "account") return;
  if (principal.kind === "token" && principal.scopes.includes("tokens:write")) return;
  throw new AppError("insufficient_scope", "This needs a token with the scope tokens:write.");
}

/**
 * Refuses whoever is no person: a signed-in account is one, and the owner's token of the settings where the owner is at
 * this very machine. Pure.
 */
export function requirePerson(principal: Principal, ownerIsLocal: boolean): void {
  if (principal.kind === "account") return;
  if (principal.kind === "token" && principal.owner && ownerIsLocal) return;
  throw new AppError("person_required", "A terminal is let in by a person who is signed in, not by a token.");
}

/** Refuses scopes that their giver has not got. Pure. */
export function requireHeld(
  asked: readonly Scope[],
  held: readonly Scope[],
  giver = "whoever makes it",
): void {
  const excess = asked.filter((scope) => !held.includes(scope));
  if (excess.length === 0) return;
  throw new AppError("scope_exceeds_maker", `Not among the scopes of ${giver}: ${excess.join(", ")}.`);
}

/**
 * When a token ends that is made now, epoch milliseconds: after so many days, and never later than the token it is made
 * with. Refuses more days than that one has left, when somebody asks for them by name. Pure.
 */
export function endOfToken(want: {
  days: number | undefined;
  now: number;
  makerEnds: number | null;
}): number {
  const { days, now, makerEnds } = want;
  const end = now + (days ?? limits.token_days_default.value) * DAY_MS;
  if (makerEnds === null || end <= makerEnds) return end;
  if (days === undefined) return makerEnds;
  throw new AppError("invalid_request", "A token does not outlive the one that it is made with.", {
    errors: [
      {
        pointer: "/expires_in_days",
        detail: `may be ${Math.floor((makerEnds - now) / DAY_MS)} here, and never more than ${formatLimit("token_days")}; leave it out to end together`,
      },
    ],
  });
}
