import { limits } from "#contract/limits";
import type { SqlAnswer, SqlRequest, StoreUsage } from "#contract/store/store";
import { AppError } from "../platform/app-error.ts";
import { attemptNow } from "../platform/attempt.ts";
import type { Clock } from "../platform/clock.ts";
import type { ObjectPart, PartTools } from "../platform/objects/object-part.ts";
import { AnswerTable } from "./answer-table.ts";
import { EntryTable } from "./entry-table.ts";
import { judgeWrite, requireRoom, withoutCondition } from "./judge-write.ts";
import { hasTables, makeTables } from "./own-tables.ts";
import { RunTable } from "./run-table.ts";
import type { KeptWrite, RunFence } from "./run-table.ts";
import { foldLeniently, stageWrite, toKeyWrite, toResult } from "./staged-write.ts";
import type { Answered } from "./staged-write.ts";
import type {
  EntryFacts,
  ExecuteRequest,
  KeyRange,
  KeyWrite,
  Once,
  PrepareReply,
  StagedBy,
  StoreAsker,
  StoredEntry,
  WriteRequest,
  WriteResult,
} from "./store-api.ts";
import { runSql } from "./tables/run-sql.ts";

/** What has ended is swept at most so often: each time costs an alarm. */
const SWEEP_EVERY_MS = 60_000;

export interface KeeperTools extends Pick<PartTools, "sql" | "write" | "rearm"> {
  clock: Clock;
  /** Another text each time. */
  newVersion: () => string;
  /** Does it in one write, which is taken back when `act` throws. */
  atomically: <T>(act: () => T) => T;
}

/** Thrown to have a transaction taken back. */
class TakenBack extends Error {}

/**
 * One store: its keys, its tables, and what runs have written that waits for their end. Whatever it does is one write, or
 * none: there is no line of it at which it may not vanish.
 */
export class StoreKeeper implements ObjectPart {
  readonly #tools: KeeperTools;
  readonly #entries: EntryTable;
  readonly #runs: RunTable;
  readonly #answers: AnswerTable;
  #isMade: boolean | null = null;
  #sweptAt = 0;

  constructor(tools: KeeperTools) {
    this.#tools = tools;
    this.#entries = new EntryTable(tools);
    this.#runs = new RunTable(tools);
    this.#answers = new AnswerTable(tools);
  }

  /** Whether anything was ever written. */
  isMade(): boolean {
    return (this.#isMade ??= hasTables(this.#tools.sql));
  }

  #make(): void {
    if (!this.isMade()) makeTables(this.#tools.sql);
    this.#isMade = true;
  }

  /** Whoever forgets all that is stored says so. */
  forget(): void {
    this.#isMade = null;
    this.#entries.setTotals(null);
    this.#answers.forgetCount();
  }

  read(key: string, { staged }: StoreAsker): StoredEntry | null {
    if (!this.isMade()) return null;
    const now = this.#tools.clock();
    const stored = this.#entries.find(key, now);
    if (staged === null) return stored;
    return this.#listStaged(staged, key).reduce<StoredEntry | null>(foldLeniently, stored);
  }

  list(range: KeyRange, { staged }: StoreAsker): EntryFacts[] {
    if (!this.isMade()) return [];
    return this.#asRun(staged, () => this.#entries.list(range, this.#tools.clock()));
  }

  /** Entries with their values, for an export. */
  listValues(range: KeyRange): StoredEntry[] {
    return this.isMade() ? this.#entries.listValues(range, this.#tools.clock()) : [];
  }

  usage(): StoreUsage {
    const { entries, bytes } = this.isMade() ? this.#entries.totals() : { entries: 0, bytes: 0 };
    return {
      entries,
      entries_limit: limits.store_entries.value,
      bytes,
      bytes_limit: limits.store_bytes.value,
      database_bytes: this.#tools.sql.databaseSize,
      database_bytes_limit: limits.sql_bytes.value,
    };
  }

  /** Throws `store_conflict`, `not_an_integer`, `store_full`, `store_busy`, `idempotency_conflict`, and what RunTable.admit does. */
  write({ write, once, staged }: WriteRequest): WriteResult {
    const answered = this.#once(once, staged, (): Answered => {
      const moment = { now: this.#tools.clock(), version: this.#tools.newVersion() };
      if (staged === null) return { of: "key", ...this.#apply(write, moment) };
      const next = judgeWrite(this.read(write.key, { staged }), write, moment);
      const result = toResult(write, next);
      const value = write.op === "set" ? write.value : new Uint8Array();
      const kept = {
        write: stageWrite(write, { once, at: moment.now, version: moment.version }),
        value,
        answered: { of: "key", ...result },
      } as const;
      this.#runs.add(staged.run_id, kept);
      return kept.answered;
    });
    if (answered.of !== "key") throw new AppError("idempotency_conflict", "The key was used for SQL.");
    // Nothing else makes a time earlier at which there is something to do.
    if (once !== null || staged !== null || answered.entry?.expires_at) this.#tools.rearm();
    return { entry: answered.entry, value: answered.value };
  }

  /** Throws `sql_refused`, `store_full`, `store_busy`, `idempotency_conflict`, and what RunTable.admit does. */
  execute({ statement, once, staged }: ExecuteRequest): SqlAnswer {
    const answered = this.#once(once, staged, (): Answered => {
      const run = () => runSql(this.#tools.sql, statement, { mayWrite: true });
      if (staged === null) return { of: "sql", answer: { ...run(), staged: false } };
      const answer = { ...this.#asRun(staged, () => this.#tryOut(run)), staged: true };
      const { sql, params } = statement;
      const moment = { at: this.#tools.clock(), version: this.#tools.newVersion() };
      const kept = {
        write: { op: "sql", sql, params, once, ...moment },
        value: new Uint8Array(),
        answered: { of: "sql", answer },
      } as const;
      this.#runs.add(staged.run_id, kept);
      return kept.answered;
    });
    if (answered.of !== "sql") throw new AppError("idempotency_conflict", "The key was used for no SQL.");
    this.#tools.rearm();
    return answered.answer;
  }

  /** Throws `sql_refused`. */
  query(statement: SqlRequest, { staged }: StoreAsker): SqlAnswer {
    const answer = this.#asRun(staged, () => runSql(this.#tools.sql, statement, { mayWrite: false }));
    return { ...answer, staged: false };
  }

  /** See StoreApi.prepare. */
  prepare(of: { run_id: string; attempt: number; launch: number | null }): PrepareReply {
    const fence = this.isMade() ? this.#runs.fence(of.run_id) : null;
    if (fence === null || this.#runs.list(of.run_id).length === 0) return { kind: "ready" };
    if (fence.stage === "prepared" && fence.attempt === of.attempt) return { kind: "ready" };
    if (fence.attempt < of.attempt) return { kind: "ready" };
    const isOther = of.launch !== null && fence.launch !== of.launch;
    if (fence.stage === "decided" || fence.attempt > of.attempt || isOther)
      return { kind: "conflict", detail: "Another sandbox of the run has written since." };
    const { kind, ...refused } = this.#judgeStaged(of.run_id);
    if (kind === "conflict") return { kind, detail: refused.detail ?? "" };
    if (this.#runs.findPrepared() !== null) return { kind: "busy" };
    this.#runs.putFence(of.run_id, { ...fence, stage: "prepared" }, this.#tools.clock());
    return { kind: "ready" };
  }

  #judgeStaged(runId: string): { kind: "ready" | "conflict"; detail?: string } {
    const tried = attemptNow(() => this.#tryOut(() => this.#applyStaged(runId)));
    return tried.ok ? { kind: "ready" } : { kind: "conflict", detail: tried.refusal.message };
  }

  /** See StoreApi.decide. */
  decide(runId: string, attempt: number | null): void {
    const fence = this.isMade() ? this.#runs.fence(runId) : null;
    if (fence === null || fence.stage === "decided") return;
    this.#atomically(() => {
      if (fence.stage === "prepared" && fence.attempt === attempt) this.#keepPrepared(runId);
      this.#runs.drop(runId);
      const over: RunFence = { ...fence, stage: "decided" };
      this.#runs.putFence(runId, over, this.#tools.clock());
    });
    this.#tools.rearm();
  }

  /**
   * What was judged and held ready is kept, also where a key that it expected has expired since: the run's success is
   * saved, and cannot be taken back.
   */
  #keepPrepared(runId: string): void {
    if (attemptNow(() => this.#atomically(() => this.#applyStaged(runId))).ok) return;
    for (const kept of this.#runs.list(runId)) this.#applyLeniently(kept);
  }

  nextWake(): number | null {
    if (!this.isMade()) return null;
    const times = [this.#entries.nextExpiry(), this.#runs.nextSweep(), this.#answers.nextSweep()];
    const known = times.filter((at) => at !== null);
    return known.length === 0 ? null : Math.max(Math.min(...known), this.#sweptAt + SWEEP_EVERY_MS);
  }

  async wake(now: number): Promise<void> {
    if (!this.isMade()) return;
    this.#sweptAt = now;
    this.#sweep(now);
  }

  #sweep(now: number): void {
    this.#entries.sweep(now);
    this.#answers.sweep(now);
    this.#runs.sweep(now);
  }

  /** Does a write unless it was done before under its key. */
  #once(once: Once | null, staged: StagedBy | null, act: () => Answered): Answered {
    this.#make();
    return this.#atomically(() => {
      const now = this.#tools.clock();
      if (staged === null) this.#requireFree();
      else this.#runs.admit(staged, now);
      const known = once && this.#answers.find(once, now);
      const own = once && staged && this.#runs.findAnswer(staged.run_id, once);
      const earlier = known ?? own;
      if (earlier !== null) return earlier;
      const answered = act();
      if (once !== null && staged === null) this.#answers.put(once, answered, now);
      return answered;
    });
  }

  /** What a run has prepared is kept as it was judged: until that is decided nobody else writes. */
  #requireFree(): void {
    if (this.#runs.findPrepared() === null) return;
    throw new AppError("store_busy", "A run is just ending, and what it has written is being taken over.", {
      retryAfterSeconds: 1,
    });
  }

  #apply(write: KeyWrite, moment: { now: number; version: string }): WriteResult {
    const current = this.#entries.find(write.key, moment.now);
    const next = judgeWrite(current, write, moment);
    if (next !== null) {
      this.#requireRoom(next, moment.now);
      this.#entries.put(next);
    } else if (current !== null) this.#entries.remove(write.key);
    return toResult(write, next);
  }

  /** What has expired makes room, if that is needed. */
  #requireRoom(next: StoredEntry, now: number): void {
    try {
      requireRoom(this.#entries.totals(), this.#entries.totalsWith(next));
    } catch {
      this.#entries.sweep(now);
      requireRoom(this.#entries.totals(), this.#entries.totalsWith(next));
    }
  }

  #listStaged(staged: StagedBy, key?: string): KeptWrite[] {
    const fence = this.#runs.fence(staged.run_id);
    const isOwn = fence?.attempt === staged.attempt && fence.launch === staged.launch;
    return isOwn && fence.stage !== "decided" ? this.#runs.list(staged.run_id, key) : [];
  }

  /** Strictly, as it is to be kept. A write that another run has made under the same key is made already. */
  #applyStaged(runId: string): void {
    for (const { write, value } of this.#runs.list(runId)) {
      const { once, at, version } = write;
      if (once !== null && this.#answers.find(once, this.#tools.clock()) !== null) continue;
      const answered: Answered =
        write.op === "sql"
          ? { of: "sql", answer: { ...runSql(this.#tools.sql, write, { mayWrite: true }), staged: false } }
          : { of: "key", ...this.#apply(toKeyWrite(write, value), { now: at, version }) };
      if (once !== null) this.#answers.put(once, answered, this.#tools.clock());
    }
  }

  /** What a run sees: the store with its own writes, which are taken back. */
  #asRun<T>(staged: StagedBy | null, look: () => T): T {
    const own = staged && this.isMade() ? this.#listStaged(staged) : [];
    if (own.length === 0) return look();
    return this.#tryOut(() => {
      for (const kept of own) this.#applyLeniently(kept);
      return look();
    });
  }

  /** What others have done meanwhile may stand in its way; that is said when the run ends. */
  #applyLeniently({ write, value }: KeptWrite): void {
    attemptNow(() => {
      if (write.op === "sql") runSql(this.#tools.sql, write, { mayWrite: true });
      else this.#apply(withoutCondition(toKeyWrite(write, value)), { now: write.at, version: write.version });
    });
  }

  /** Does it and takes it back. */
  #tryOut<T>(act: () => T): T {
    const kept: { found?: { value: T } } = {};
    try {
      this.#atomically(() => {
        kept.found = { value: act() };
        throw new TakenBack();
      });
    } catch (error) {
      if (error instanceof TakenBack && kept.found) return kept.found.value;
      throw error;
    }
    throw new Error("A transaction went through that was to be taken back.");
  }

  #atomically<T>(act: () => T): T {
    const totals = this.#entries.knownTotals();
    try {
      return this.#tools.atomically(act);
    } catch (error) {
      this.#entries.setTotals(totals);
      this.#answers.forgetCount();
      throw error;
    }
  }
}
