import type { AuditHead, AuditLink, ChainBreak, ChainPlace } from "#contract/audit/chain";
import type { AuditRow } from "../describe-call.ts";

/** One part of a chain, judged. */
export interface JudgedPart {
  entries: number;
  broken: ChainBreak | null;
  next: ChainPlace | null;
  head: AuditHead | null;
  /** How many events are from before there was a chain; said at its end. */
  earlier: number;
}

/** The remote calls of the object that holds a workspace's chain of events: the one pen that appends to it. */
export interface AuditChainApi {
  /** Appends an event, unless it is there already. Once this has ended it lasts; lists show it then or soon. */
  append(row: AuditRow): Promise<void>;
  /** The same of many, in their order, in one write. */
  appendAll(rows: readonly AuditRow[]): Promise<void>;
  /** Judges the entries behind a place; from the beginning where none is said. */
  judge(workspaceId: string, from: ChainPlace | null): Promise<JudgedPart>;
  /** Some entries behind this number, oldest first, as an export has them. */
  read(afterSeq: number): Promise<AuditLink[]>;
  /** Where the chain begins and ends, signed. */
  sign(workspaceId: string): Promise<AuditHead>;
  /** Lets entries go that are older than `before`, epoch milliseconds: some of them, at the beginning alone. */
  trim(workspaceId: string, before: number): Promise<void>;
  /** Deletes all of it. */
  erase(): Promise<void>;
}
