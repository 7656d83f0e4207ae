import { DurableObject } from "cloudflare:workers";
import type { SqlAnswer, SqlRequest, StoreUsage } from "#contract/store/store";
import { openObjectHost } from "../compose/host.ts";
import type { EdgeEnv } from "../env.ts";
import { AppError } from "../platform/app-error.ts";
import type { Clock } from "../platform/clock.ts";
import { guardTables } from "../platform/objects/carriers.ts";
import { WakeUp } from "../platform/objects/wake-up.ts";
import { exportPart } from "../store/export-store.ts";
import { importKeys, importTable, listStoredTables } from "../store/import-store.ts";
import type {
  EntryFacts,
  ExecuteRequest,
  ExportPart,
  ExportRequest,
  ImportedEntry,
  ImportedKeys,
  KeyRange,
  PrepareReply,
  Reply,
  StoreApi,
  StoreAsker,
  StoredEntry,
  StoredTable,
  TableStep,
  WriteRequest,
  WriteResult,
} from "../store/store-api.ts";
import { StoreKeeper } from "../store/store-keeper.ts";

/** When everything is tried again after a wake-up failed. */
const FAILED_WAKE_MS = 60_000;

/**
 * One per worker and one per workspace: the shell around a StoreKeeper. Owns its database and its alarm; a refusal leaves it
 * as a value, since an error that is thrown across is no AppError any more.
 */
export class StoreObject extends DurableObject<EdgeEnv> implements StoreApi {
  readonly #keeper: StoreKeeper;
  readonly #sql: SqlStorage;
  readonly #clock: Clock;
  readonly #wakeUp: WakeUp;

  constructor(ctx: DurableObjectState, env: EdgeEnv) {
    super(ctx, env);
    this.#clock = openObjectHost(env).clock;
    this.#sql = guardTables(ctx.storage.sql);
    this.#keeper = new StoreKeeper({
      sql: this.#sql,
      write: (query, ...values) => void this.#sql.exec(query, ...values).toArray(),
      rearm: () => this.#wakeUp.rearm(),
      clock: this.#clock,
      newVersion: () => crypto.randomUUID(),
      atomically: (act) => ctx.storage.transactionSync(act),
    });
    this.#wakeUp = new WakeUp(ctx, {
      clock: this.#clock,
      wish: () => this.#keeper.nextWake(),
      retryMs: FAILED_WAKE_MS,
      failedEvent: "store.wake_failed",
    });
    this.#wakeUp.recall();
  }

  async read(key: string, asker: StoreAsker): Promise<StoredEntry | null> {
    return this.#keeper.read(key, asker);
  }

  async list(range: KeyRange, asker: StoreAsker): Promise<{ entries: EntryFacts[]; usage: StoreUsage }> {
    return { entries: this.#keeper.list(range, asker), usage: this.#keeper.usage() };
  }

  async write(request: WriteRequest): Promise<Reply<WriteResult & { usage: StoreUsage }>> {
    return reply(() => ({ ...this.#keeper.write(request), usage: this.#keeper.usage() }));
  }

  async query(statement: SqlRequest, asker: StoreAsker): Promise<Reply<SqlAnswer>> {
    return reply(() => this.#keeper.query(statement, asker));
  }

  async execute(request: ExecuteRequest): Promise<Reply<SqlAnswer>> {
    return reply(() => this.#keeper.execute(request));
  }

  async exportPart(request: ExportRequest): Promise<Reply<ExportPart>> {
    return reply(() => exportPart(this.#keeper, this.#sql, request));
  }

  async listTables(): Promise<StoredTable[]> {
    return listStoredTables(this.#sql);
  }

  async importKeys(entries: ImportedEntry[], how: { dryRun: boolean }): Promise<Reply<ImportedKeys>> {
    return reply(() => importKeys(this.#keeper, entries, how));
  }

  async importTable(table: string, step: TableStep): Promise<Reply<null>> {
    return reply(() => importTable(this.#keeper, table, step));
  }

  async prepare(of: { run_id: string; attempt: number; launch: number | null }): Promise<PrepareReply> {
    return this.#keeper.prepare(of);
  }

  async decide(runId: string, attempt: number | null): Promise<void> {
    this.#keeper.decide(runId, attempt);
  }

  async erase(): Promise<void> {
    await this.#wakeUp.disarm();
    await this.ctx.storage.deleteAll();
    this.#keeper.forget();
  }

  override async alarm(): Promise<void> {
    await this.#wakeUp.answer(async () => {
      await this.#keeper.wake(this.#clock());
      this.#wakeUp.rearm();
    });
  }
}

function reply<T>(act: () => T): Reply<T> {
  try {
    return { kind: "done", value: act() };
  } catch (error) {
    if (error instanceof AppError) return { kind: "refused", code: error.code, detail: error.message };
    throw error;
  }
}
