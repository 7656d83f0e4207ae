import type { AuditHead, AuditLink, ChainPlace } from "#contract/audit/chain";
import { workspaceIdSchema } from "#contract/ids";
import { toIso } from "../../platform/clock.ts";
import type { Clock } from "../../platform/clock.ts";
import { describeError, log } from "../../platform/log.ts";
import type { AuditRow } from "../describe-call.ts";
import { repeatKeyOf } from "../describe-gate-event.ts";
import { keptSince } from "../kept-since.ts";
import { auditRowForm } from "../stranded-event.ts";
import type { AuditChainApi, JudgedPart } from "./chain-api.ts";
import { signHead } from "./chain-keys.ts";
import type { ChainKeys } from "./chain-keys.ts";
import { ChainTable } from "./chain-table.ts";
import type { LinkRow } from "./chain-table.ts";
import { judgeChain } from "./judge-chain.ts";
import type { Copies } from "./judge-chain.ts";
import { makeLink, provePlace } from "./link.ts";

export interface ChainDeps {
  sql: SqlStorage;
  clock: Clock;
  /** To be called whenever `nextWake` may have become earlier. */
  rearm: () => void;
  atomically: (act: () => void) => void;
  /** Looks at an entry in the write that appends it. */
  observe: (row: AuditRow) => void;
  makeKeys: (workspaceId: string) => Promise<ChainKeys>;
  /** The table that lists are read from. */
  copies: Copies & { insert: (rows: readonly AuditRow[]) => Promise<void> };
  checkpoints: {
    /** Puts a signed head away where the object itself cannot change it. */
    put: (workspaceId: string, seq: number, json: string) => Promise<void>;
    newest: (workspaceId: string) => Promise<string | null>;
  };
}

const COPIED_AT_ONCE = 50;
const READ_AT_ONCE = 200;
const TRIMMED_AT_ONCE = 500;
const COPY_AGAIN_MS = 60_000;
/** So long, or so many entries, a chain goes on before its end is signed and put away. */
const CHECKPOINT_MS = 3_600_000;
const CHECKPOINT_ENTRIES = 1000;

/**
 * The pen of a workspace's chain: appends one entry after the other, copies them to the table that lists are read from, and
 * puts its signed end away now and then. Never changes an entry, and lets none go but from the beginning.
 */
export class ChainKeeper implements Omit<AuditChainApi, "erase"> {
  readonly #deps: ChainDeps;
  #opened: ChainTable | undefined;
  #keys: { workspaceId: string; made: Promise<ChainKeys> } | undefined;
  /** Entries are made one after the other: each hangs on the one before. */
  #turn: Promise<unknown> = Promise.resolve();
  /** The number of the last entry that is known to be copied. */
  #copied = 0;
  #copying: Promise<void> | null = null;
  #copyFailedAt: number | null = null;

  constructor(deps: ChainDeps) {
    this.#deps = deps;
  }

  /** Made when it is first needed: nothing is to be left of a chain that was erased. */
  get #table(): ChainTable {
    if (this.#opened === undefined) {
      this.#opened = new ChainTable(this.#deps.sql);
      this.#copied = this.#opened.copied();
    }
    return this.#opened;
  }

  async append(row: AuditRow): Promise<void> {
    await this.appendAll([row]);
  }

  async appendAll(rows: readonly AuditRow[]): Promise<void> {
    const [first] = rows;
    if (first === undefined) return;
    await this.#inTurn(async () => {
      const keys = await this.#keysOf(first.workspace_id);
      const last = this.#table.last();
      const fresh = this.#listFresh(rows);
      const links: LinkRow[] = [];
      for (const row of fresh) links.push(await makeLink(keys, links.at(-1) ?? last, row));
      const begun =
        last.seq > 0 || links.length === 0
          ? null
          : await provePlace(keys, { name: "begun", ...last, at: this.#deps.clock() });
      this.#deps.atomically(() => {
        if (begun !== null) this.#table.keep(begun);
        for (const link of links) this.#table.add(link, this.#copied);
        for (const row of fresh) this.#deps.observe(row);
      });
    });
    await this.#copyAll();
    this.#deps.rearm();
  }

  /** Those that are not there yet, each once. */
  #listFresh(rows: readonly AuditRow[]): AuditRow[] {
    const seen = new Set<string>();
    return rows.filter((row) => {
      const repeatKey = repeatKeyOf(row);
      if (this.#table.holds(row.id, repeatKey)) return false;
      const names = repeatKey === null ? [row.id] : [row.id, repeatKey];
      if (names.some((name) => seen.has(name))) return false;
      for (const name of names) seen.add(name);
      return true;
    });
  }

  async judge(workspaceId: string, from: ChainPlace | null): Promise<JudgedPart> {
    await this.#copyAll();
    const keys = await this.#keysOf(workspaceId);
    const { copies, checkpoints } = this.#deps;
    const judged = await judgeChain(
      {
        table: this.#table,
        keys,
        copies,
        copied: () => this.#copied,
        keptSince: keptSince(this.#deps.clock()),
        newestCheckpoint: checkpoints.newest,
      },
      { workspaceId, from },
    );
    const isEnd = judged.broken === null && judged.next === null;
    return { ...judged, head: isEnd ? await this.sign(workspaceId) : null };
  }

  async read(afterSeq: number): Promise<AuditLink[]> {
    return this.#table
      .after(Math.max(afterSeq, this.#table.first().seq), READ_AT_ONCE)
      .map(({ seq, hash, entry }) => ({ type: "entry", seq, hash, entry }));
  }

  async sign(workspaceId: string): Promise<AuditHead> {
    const keys = await this.#keysOf(workspaceId);
    return signHead(keys, {
      workspace_id: workspaceIdSchema.parse(workspaceId),
      after: this.#table.first(),
      last: this.#table.last(),
      signed_at: toIso(this.#deps.clock()),
    });
  }

  async trim(workspaceId: string, before: number): Promise<void> {
    if (!ChainTable.isIn(this.#deps.sql)) return;
    await this.#inTurn(async () => {
      const keys = await this.#keysOf(workspaceId);
      const last = this.#table.lastOlder(before, TRIMMED_AT_ONCE);
      if (last === undefined || last.seq > this.#copied) return;
      const { seq, hash } = last;
      const place = await provePlace(keys, { name: "trimmed", seq, hash, at: this.#deps.clock() });
      this.#deps.atomically(() => {
        this.#table.keep(place);
        this.#table.dropUntil(last.seq);
      });
    });
  }

  /** Its storage is empty. */
  forget(): void {
    this.#opened = undefined;
    this.#copyFailedAt = null;
  }

  nextWake(): number | null {
    if (this.#opened === undefined && !ChainTable.isIn(this.#deps.sql)) return null;
    const copyAt = this.#copyFailedAt === null ? null : this.#copyFailedAt + COPY_AGAIN_MS;
    const times = [copyAt, this.#checkpointDue()].filter((at) => at !== null);
    return times.length === 0 ? null : Math.min(...times);
  }

  async wake(now: number): Promise<void> {
    if (this.#copyFailedAt !== null) await this.#copyAll();
    if ((this.#checkpointDue() ?? Infinity) <= now) await this.#putCheckpoint(now);
  }

  #checkpointDue(): number | null {
    const put = this.#table.place("checkpoint")?.seq ?? 0;
    const since = Math.max(put, this.#table.first().seq);
    const last = this.#table.last().seq;
    const unsigned = this.#table.at(since + 1);
    if (unsigned === undefined) return null;
    return last - since >= CHECKPOINT_ENTRIES ? this.#deps.clock() : unsigned.at + CHECKPOINT_MS;
  }

  async #putCheckpoint(now: number): Promise<void> {
    const last = this.#table.last();
    const row = this.#table.at(last.seq);
    if (row === undefined) return;
    const { workspace_id } = auditRowForm.readText(row.entry);
    const head = await this.sign(workspace_id);
    await this.#deps.checkpoints.put(workspace_id, head.last.seq, JSON.stringify(head));
    const { seq, hash } = head.last;
    const place = { name: "checkpoint" as const, seq, hash, at: now };
    this.#table.keep(await provePlace(await this.#keysOf(workspace_id), place));
  }

  #inTurn<T>(act: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(act, act);
    this.#turn = done.catch(() => undefined);
    return done;
  }

  #keysOf(workspaceId: string): Promise<ChainKeys> {
    if (this.#keys?.workspaceId === workspaceId) return this.#keys.made;
    const keys = { workspaceId, made: this.#deps.makeKeys(workspaceId) };
    this.#keys = keys;
    // What failed is tried again by whoever asks next.
    keys.made.catch(() => {
      if (this.#keys === keys) this.#keys = undefined;
    });
    return keys.made;
  }

  /** Brings the table up to date; where it is away, it is tried again later, and nothing is lost by then. */
  async #copyAll(): Promise<void> {
    while (this.#copying !== null) await this.#copying;
    const { seq } = this.#table.last();
    if (this.#copied >= seq) return;
    this.#copying = this.#copySome().finally(() => (this.#copying = null));
    await this.#copying;
  }

  async #copySome(): Promise<void> {
    try {
      for (let rows = this.#uncopied(); rows.length > 0; rows = this.#uncopied()) {
        await this.#deps.copies.insert(rows.map(({ entry }) => auditRowForm.readText(entry)));
        this.#copied = rows.at(-1)?.seq ?? this.#copied;
      }
      this.#copyFailedAt = null;
    } catch (error) {
      log("warn", "audit.copy_failed", { error: describeError(error) });
      this.#copyFailedAt = this.#deps.clock();
      this.#deps.rearm();
    }
  }

  #uncopied(): LinkRow[] {
    const table = this.#table;
    return table.after(this.#copied, COPIED_AT_ONCE);
  }
}
