import { decodeTime, encodeTime, ulid } from "ulid";
import type {
  AlertId,
  ApprovalId,
  ArtifactId,
  DeliveryId,
  TriggerId,
  IdPrefix,
  RunId,
  TokenId,
  VersionId,
  WorkerId,
  WorkspaceId,
} from "#contract/ids";

interface IdByPrefix {
  wrk: WorkerId;
  ver: VersionId;
  run: RunId;
  wsp: WorkspaceId;
  tok: TokenId;
  art: ArtifactId;
  trg: TriggerId;
  apr: ApprovalId;
  alt: AlertId;
  dlv: DeliveryId;
  req: string;
}

/** Makes an id: `prefix_` and a ULID of `nowMs` in lower case. */
export function newId<P extends IdPrefix>(prefix: P, nowMs: number): IdByPrefix[P] {
  return `${prefix}_${ulid(nowMs).toLowerCase()}` as IdByPrefix[P];
}

/** The body of a ULID: ten signs of time, and sixteen of chance. */
const TIME_SIGNS = 10;
const NO_CHANCE = "0".repeat(16);

/** The least id of its kind that can have been made at `epochMs`: those made before sort before it. */
export function firstIdAt(prefix: IdPrefix, epochMs: number): string {
  return `${prefix}_${encodeTime(Math.max(0, epochMs), TIME_SIGNS).toLowerCase()}${NO_CHANCE}`;
}

/** The first sign of a ULID whose time is more than its 48 bits hold; nobody made such an id. */
const BEYOND_TIME = /^[8-9a-z]/;

/** When an id was made, epoch milliseconds; 0 for one that cannot have been made. The id must be well formed. */
export function idTime(id: string): number {
  const body = id.slice(4);
  return BEYOND_TIME.test(body) ? 0 : decodeTime(body.toUpperCase());
}
