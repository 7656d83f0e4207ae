import { decodeTime, encodeTime, ulid } from "ulid";
import type {
  AlertId,
  ApprovalId,
  ArtifactId,
  AuditEventId,
  ClientGrantId,
  ContextId,
  ConnectionId,
  EvaluationId,
  FeedbackId,
  LearningId,
  ShareId,
  DeliveryId,
  MissedStartId,
  TriggerId,
  IdPrefix,
  RunId,
  ServiceAccountId,
  InvitationId,
  TokenId,
  UserId,
  VersionId,
  WorkerId,
  WorkSessionId,
  WorkspaceId,
} from "#contract/ids";

interface IdByPrefix {
  wrk: WorkerId;
  ver: VersionId;
  run: RunId;
  wsp: WorkspaceId;
  tok: TokenId;
  svc: ServiceAccountId;
  usr: UserId;
  inv: InvitationId;
  art: ArtifactId;
  trg: TriggerId;
  apr: ApprovalId;
  alt: AlertId;
  dlv: DeliveryId;
  mis: MissedStartId;
  evt: AuditEventId;
  ctx: ContextId;
  ocl: ClientGrantId;
  shr: ShareId;
  con: ConnectionId;
  lrn: LearningId;
  wfb: FeedbackId;
  evl: EvaluationId;
  ses: WorkSessionId;
  req: string;
}

/** Makes an id: `prefix_` and a ULID of `nowMs` in lower case. */
export function newId<P extends IdPrefix>(prefix: P, nowMs: number): IdByPrefix[P] {
  return joinId(prefix, ulid(nowMs, drawFraction));
}

/** So many random bytes are drawn at once: drawn one by one they cost more than the rest of an id. */
const drawn = new Uint8Array(256);
let used = drawn.length;

/** A random number in [0, 1), of which a character of an id takes the first five bits. */
function drawFraction(): number {
  if (used === drawn.length) {
    crypto.getRandomValues(drawn);
    used = 0;
  }
  const byte = drawn[used] ?? 0;
  used += 1;
  return byte / 256;
}

function joinId<P extends IdPrefix>(prefix: P, body: string): IdByPrefix[P] {
  return `${prefix}_${body.toLowerCase()}` as IdByPrefix[P];
}

/** The smallest id that can have been made at `ms` or later: where a search by time begins. */
export function firstIdAt<P extends IdPrefix>(prefix: P, ms: number): IdByPrefix[P] {
  const time = encodeTime(Math.max(0, Math.floor(ms)), TIME_CHARACTERS);
  return joinId(prefix, time.padEnd(ULID_CHARACTERS, "0"));
}

const ULID_CHARACTERS = 26;
const TIME_CHARACTERS = 10;

/** The first sign of a ULID whose time is more than its 48 bits hold; nobody made such an id. */
const BEYOND_TIME = /^[8-9a-z]/;

/** When an id was made, epoch milliseconds; 0 for one that cannot have been made. The id must be well formed. */
export function idTime(id: string): number {
  const body = id.slice(4);
  return BEYOND_TIME.test(body) ? 0 : decodeTime(body.toUpperCase());
}
