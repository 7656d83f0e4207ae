import { decodeTime, ulid } from "ulid";
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
  usr: string;
  req: string;
}

/** Makes an id: `prefix_` and a ULID of `nowMs` in lower case. */
export function newId<P extends IdPrefix>(prefix: P, nowMs: number): IdByPrefix[P] {
  return `${prefix}_${ulid(nowMs).toLowerCase()}` as IdByPrefix[P];
}

/** When an id was made, epoch milliseconds. The id must be well formed. */
export function idTime(id: string): number {
  return decodeTime(id.slice(4).toUpperCase());
}
