// Owns what may be spent: caps on workers, people and workspaces, and how each stands.
// Never counts a run: its row does, when its object writes it.
// Writes the caps of members.
import type { Principal } from "#contract/access/access";
import type {
  AccountSpend,
  MemberCaps,
  SpendGroup,
  SpendRow,
  SpendState,
  WorkspaceSpend,
} from "#contract/spend/spend";
import { limits } from "#contract/limits";
import { AppError, notFound } from "../platform/app-error.ts";
import type { Clock } from "../platform/clock.ts";
import type { Db } from "../platform/db/client.ts";
import type { Spender } from "../runs/spec/spender.ts";
import { describeCaps, findTightest, listCaps, NANO_USD } from "./judge-caps.ts";
import type { DefaultCaps } from "./judge-caps.ts";
import { dateOfDay, daysOfMonth, monthOfDay, periodsAt } from "./spend-period.ts";
import {
  findCapSettings,
  findMemberCaps,
  listSpend,
  listWorkerDays,
  setMemberCapsRow,
  sumSpend,
} from "./store.ts";
import type { SpendSumRow } from "./store.ts";

export interface SpendDeps {
  db: Db;
  clock: Clock;
  /** What the server says where a workspace has set nothing. */
  defaultCaps: DefaultCaps;
}

/** How the caps on a spender stand; none is asked for what was spent where there is no cap. */
async function findStates(deps: SpendDeps, spender: Spender): Promise<SpendState[]> {
  const { workspaceId, workerId, userId, workerCapUsd } = spender;
  const set = await findCapSettings(deps.db, spender);
  const sources = { ...set, isPerson: userId !== "", workerCapUsd, defaults: deps.defaultCaps };
  const caps = listCaps(sources).filter(({ capUsd }) => capUsd !== null);
  if (caps.length === 0) return [];
  const periods = periodsAt(deps.clock());
  const sums = await sumSpend(deps.db, { workspaceId, workerId, userId }, periods);
  return describeCaps(caps, sums, periods);
}

/** What the tightest cap leaves a spender, in billionths of a dollar; null where there is none. */
export async function findLeft(deps: SpendDeps, spender: Spender): Promise<number | null> {
  return findTightest(await findStates(deps, spender))?.leftNanoUsd ?? null;
}

/** The caps on a spender that come near, or are reached. */
export async function findWarnings(deps: SpendDeps, spender: Spender): Promise<SpendState[]> {
  return (await findStates(deps, spender)).filter(({ warning }) => warning);
}

/** What a worker has cost, in dollars: today, and on those of the days before that cost something. */
export async function listDailySpend(
  { db, clock }: Pick<SpendDeps, "db" | "clock">,
  of: { workspaceId: string; workerId: string },
): Promise<{ date: string; today: number; before: number[] }> {
  const { day } = periodsAt(clock());
  const days = { from: day - limits.anomaly_spend_days.value, to: day + 1 };
  const rows = await listWorkerDays(db, of, days);
  const costs = rows.map((row) => ({ day: row.day, usd: row.nanoUsd / NANO_USD }));
  return {
    date: dateOfDay(day),
    today: costs.find((cost) => cost.day === day)?.usd ?? 0,
    before: costs.flatMap((cost) => (cost.day === day || cost.usd === 0 ? [] : [cost.usd])),
  };
}

/** Throws `spend_cap_exceeded`, with the time until the cap's day or month is over, where a cap is reached. */
export async function requireAffordable(
  deps: SpendDeps,
  spender: Spender,
  /** What was spent and is not counted yet, in dollars. */
  uncountedUsd = 0,
): Promise<void> {
  const tightest = findTightest(await findStates(deps, spender));
  if (tightest === undefined || tightest.leftNanoUsd > uncountedUsd * NANO_USD) return;
  const { scope, period, cap_usd, spent_usd, resets_at } = tightest.state;
  const whose = { worker: "The worker", user: "Whoever asks", workspace: "The workspace" }[scope];
  const when = period === "day" ? "today" : "this month";
  throw new AppError(
    "spend_cap_exceeded",
    `${whose} has spent $${(spent_usd + uncountedUsd).toFixed(2)} ${when}, and may spend $${cap_usd?.toFixed(2)}. It goes on at ${resets_at}.`,
    { retryAfterSeconds: Math.max(1, Math.ceil((Date.parse(resets_at) - deps.clock()) / 1000)) },
  );
}

const personOf = (principal: Principal) =>
  principal.kind === "account" || principal.kind === "token" ? principal.user_id : null;

/** What the runs have cost that somebody's own account asked for, here, today and this month. */
export async function getAccountSpend(deps: SpendDeps, principal: Principal): Promise<AccountSpend> {
  const userId = personOf(principal) ?? "";
  const place = { workspaceId: principal.workspace_id, userId };
  const periods = periodsAt(deps.clock());
  const [set, sums] = await Promise.all([
    findCapSettings(deps.db, place),
    sumSpend(deps.db, { ...place, workerId: "" }, periods),
  ]);
  const sources = { ...set, isPerson: userId !== "", workerCapUsd: null, defaults: deps.defaultCaps };
  const caps = listCaps(sources).filter(({ scope }) => scope === "user");
  return {
    user_id: personOf(principal),
    today_usd: sums.userDay / NANO_USD,
    month_usd: sums.userMonth / NANO_USD,
    caps: describeCaps(caps, sums, periods),
  };
}

/** What the workspace has spent in a month, put together; this month where none is named. */
export async function getWorkspaceSpend(
  deps: SpendDeps,
  principal: Principal,
  { by, month: asked }: { by: SpendGroup; month?: string | undefined },
): Promise<WorkspaceSpend> {
  const { workspace_id: workspaceId } = principal;
  const periods = periodsAt(deps.clock());
  const month = asked ?? monthOfDay(periods.day);
  const place = { workspaceId, userId: "", workerId: "" };
  const [set, sums, found] = await Promise.all([
    findCapSettings(deps.db, place),
    sumSpend(deps.db, place, periods),
    listSpend(deps.db, { workspaceId, by, days: daysOfMonth(month) }),
  ]);
  const sources = { ...set, isPerson: false, workerCapUsd: null, defaults: deps.defaultCaps };
  const caps = listCaps(sources).filter(({ scope }) => scope === "workspace");
  const rows = found
    .map((row) => describeRow(row, by))
    .toSorted((a, b) => (by === "day" ? a.key.localeCompare(b.key) : b.total_usd - a.total_usd));
  return {
    month,
    by,
    total_usd: found.reduce((sum, { sandbox, model }) => sum + sandbox + model, 0) / NANO_USD,
    runs: rows.reduce((sum, { runs }) => sum + runs, 0),
    rows,
    caps: describeCaps(caps, sums, periods),
  };
}

function describeRow({ key, name, runs, sandbox, model }: SpendSumRow, by: SpendGroup): SpendRow {
  const said = by === "day" ? dateOfDay(Number(key)) : String(key);
  return {
    key: said,
    name: name ?? said,
    runs,
    sandbox_usd: sandbox / NANO_USD,
    model_usd: model / NANO_USD,
    total_usd: (sandbox + model) / NANO_USD,
  };
}

/** What a member may spend. Throws `not_found`. */
export async function getMemberCaps(
  deps: SpendDeps,
  principal: Principal,
  userId: string,
): Promise<MemberCaps> {
  const caps = await findMemberCaps(deps.db, { workspaceId: principal.workspace_id, userId });
  if (caps === undefined) throw notFound("member");
  return caps;
}

/** Sets what a member may spend. Throws `not_found`. */
export async function setMemberCaps(
  deps: SpendDeps,
  principal: Principal,
  { userId, caps }: { userId: string; caps: MemberCaps },
): Promise<MemberCaps> {
  const place = { workspaceId: principal.workspace_id, userId };
  if (!(await setMemberCapsRow(deps.db, place, caps))) throw notFound("member");
  return caps;
}
