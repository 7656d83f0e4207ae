import type { ProblemCode } from "#contract/problem-registry";
import type { SqlAnswer, SqlRequest, SqlValue, StoreKind, StoreUsage } from "#contract/store/store";

/** Whose store: each has an object of its own. */
export type StorePlace = { kind: "worker"; worker_id: string } | { kind: "workspace"; workspace_id: string };

/** The sandbox of a run whose writes wait for the end of the run. */
export interface StagedBy {
  run_id: string;
  attempt: number;
  launch: number;
}

/** A write of one key. Times are seconds; `if_version` null: whatever is there, `none`: only if nothing is. */
export type KeyWrite =
  | {
      op: "set";
      key: string;
      kind: StoreKind;
      value: Uint8Array;
      ttl_seconds: number | null;
      if_version: string | null;
    }
  | { op: "delete"; key: string; if_version: string | null }
  /** `by`: digits of a whole number of 64 bits. */
  | { op: "increment"; key: string; by: string; ttl_seconds: number | null };

/** What a write is known by, so that a repeat is none; `digest` tells other writes under the same key. */
export interface Once {
  key: string;
  digest: string;
}

/** Who asks: null for whoever writes at once. */
export interface StoreAsker {
  staged: StagedBy | null;
}

export interface WriteRequest extends StoreAsker {
  write: KeyWrite;
  once: Once | null;
}

export interface ExecuteRequest extends StoreAsker {
  statement: SqlRequest;
  once: Once | null;
}

/** What is known of a key; times are epoch milliseconds. */
export interface EntryFacts {
  key: string;
  kind: StoreKind;
  size_bytes: number;
  version: string;
  updated_at: number;
  expires_at: number | null;
}

export interface StoredEntry extends EntryFacts {
  value: Uint8Array;
}

/** What came of a write of one key; `entry` null: it is gone. `value`: the digits that an increment led to. */
export interface WriteResult {
  entry: EntryFacts | null;
  value: string | null;
}

export interface KeyRange {
  prefix: string;
  /** The key behind which it begins; null at the first. */
  after: string | null;
  limit: number;
}

/** A refusal that crosses from the object to whoever asked. */
export interface Refused {
  kind: "refused";
  code: ProblemCode;
  detail: string;
}
export type Reply<T> = { kind: "done"; value: T } | Refused;

/** What came of a transactional run's wish to have its writes kept. */
export type PrepareReply = { kind: "ready" } | { kind: "conflict"; detail: string } | { kind: "busy" };

/** A piece of a store's export, and where the next one begins; null behind the last. */
export interface ExportPart {
  lines: string[];
  next: string | null;
}
export interface ExportRequest {
  format: "json" | "csv";
  table: string | null;
  from: string | null;
  /** Ends behind the last key, and leaves the tables out. */
  keysOnly?: boolean;
}

/** A table that people have made: the statement that makes one like it, and those that make its indexes. */
export interface StoredTable {
  name: string;
  sql: string;
  indexes: string[];
}

/** A key as it comes from another store. `ttl_seconds` null: it has no end. */
export interface ImportedEntry {
  key: string;
  kind: StoreKind;
  value: Uint8Array;
  ttl_seconds: number | null;
}

/** What became of keys that came from another store: those that were there with another value stay as they are. */
export interface ImportedKeys {
  made: number;
  there: number;
  refused: string[];
}

/** One step of taking a table over: it gets its name with the last one, so that nobody finds half of it. */
export type TableStep =
  | { step: "begin"; sql: string }
  | { step: "rows"; rows: Record<string, SqlValue>[] }
  | { step: "end"; indexes: string[] };

/** The remote calls of a store's object. */
export interface StoreApi {
  read(key: string, asker: StoreAsker): Promise<StoredEntry | null>;
  list(range: KeyRange, asker: StoreAsker): Promise<{ entries: EntryFacts[]; usage: StoreUsage }>;
  write(request: WriteRequest): Promise<Reply<WriteResult & { usage: StoreUsage }>>;
  query(statement: SqlRequest, asker: StoreAsker): Promise<Reply<SqlAnswer>>;
  execute(request: ExecuteRequest): Promise<Reply<SqlAnswer>>;
  exportPart(request: ExportRequest): Promise<Reply<ExportPart>>;
  /** The tables that people have made, by name. */
  listTables(): Promise<StoredTable[]>;
  /** Takes keys over from another store, each of them if there is none of its name. Repeatable. */
  importKeys(entries: ImportedEntry[], how: { dryRun: boolean }): Promise<Reply<ImportedKeys>>;
  /** Takes a table over from another store, step by step; a beginning makes void what was begun before. */
  importTable(table: string, step: TableStep): Promise<Reply<null>>;
  /**
   * Whether what the attempt has written could be kept as things stand; if so it stays so until `decide`, and nobody else
   * writes meanwhile. `launch` null: the run does not know in which of its sandboxes the script was. Repeatable.
   */
  prepare(of: { run_id: string; attempt: number; launch: number | null }): Promise<PrepareReply>;
  /** Keeps what the attempt had prepared, or with null nothing that the run has written. Repeatable, the first counts. */
  decide(runId: string, attempt: number | null): Promise<void>;
  /** Deletes all that the store holds. */
  erase(): Promise<void>;
}
