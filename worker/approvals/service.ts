// Owns how people decide: the inbox, a decision by one who may, by a signed review link, or for many at once.
// Never decides by itself and never writes an approval: that is the RunObject's of the run that asks, where the first
// decision is claimed. Reads the inbox's rows, and asks the run's object before it says anything about one.
import type * as z from "zod";
import type { Principal, Scope } from "#contract/access/access";
import type {
  Approval,
  approvalPageSchema,
  ApprovalRecord,
  approveRequestSchema,
  decideInClientRequestSchema,
  decideManyRequestSchema,
  decideManyResultSchema,
  DecisionResult,
  listApprovalsQuerySchema,
  PublicApproval,
} from "#contract/approvals/approval";
import { approvalIdSchema, workspaceIdSchema } from "#contract/ids";
import { problems } from "#contract/problem-registry";
import { actorOf, reviewPrincipal } from "../access/principal.ts";
import { can, hiddenWorkers, mayDecideAsPerson } from "../access/policy.ts";
import { fileHeaders } from "../http/look/file-answer.ts";
import { AppError, notFound } from "../platform/app-error.ts";
import { attempt } from "../platform/attempt.ts";
import type { Db } from "../platform/db/client.ts";
import { readPlace, takePage } from "../platform/page.ts";
import { requirePublicUrl } from "../platform/public-url.ts";
import { waitForYoung } from "../platform/wait-for.ts";
import { openArtifact } from "../runs/read/download.ts";
import { requireRun, runResource } from "../runs/read/read-run.ts";
import type { ReadDeps } from "../runs/read/read-run.ts";
import type { DecisionRequest } from "../runs/record/run-replies.ts";
import { buildReview } from "./build-review.ts";
import { refusalOf } from "./refusal.ts";
import { askEachKey } from "../platform/signing-keys.ts";
import type { SigningKeys } from "../platform/signing-keys.ts";
import { signReview, verifyReview } from "./review-token.ts";
import { countPendingRows, findApprovalRow, listApprovalRows } from "./store.ts";

export interface ApprovalDeps extends ReadDeps, SigningKeys {
  db: Db;
  /** Origin at which runs reach this edge; empty where the settings say none. */
  publicUrl: string;
}

/** A decision as a person words it. */
export interface Decision {
  verdict: "approved" | "rejected";
  body: Pick<z.output<typeof approveRequestSchema>, "annotations" | "reason" | "comment" | "edited_output">;
}

/** A run's row in the inbox is written right behind its event; a reader that is quicker waits this long for it. */
const ROW_GRACE_MS = 1000;

/** The approval as the API shows it; a link that decides is for those alone who may decide. */
async function present(
  deps: ApprovalDeps,
  record: ApprovalRecord,
  reader: { origin: string; mayDecide: boolean },
): Promise<Approval> {
  const { kind: _kind, key: _key, has_link: hasLink, in_place: isInPlace, ...asked } = record;
  const approval = { ...asked, kind: isInPlace ? ("agent_tool" as const) : ("workflow" as const) };
  if (!hasLink || !reader.mayDecide || record.status !== "pending") return { ...approval, public_link: null };
  const review = { id: record.id, run_id: record.run_id, expires_at: Date.parse(record.expires_at) };
  const token = await signReview(deps.signingKey, review);
  return { ...approval, public_link: `${reader.origin}/approvals/review?id=${record.id}&token=${token}` };
}

/** The row, or what the run's object says where the time has run out since the row was written. */
async function refresh(deps: ApprovalDeps, record: ApprovalRecord): Promise<ApprovalRecord> {
  if (record.status !== "pending" || deps.clock() < Date.parse(record.expires_at)) return record;
  return (await deps.runObject(record.run_id).readApproval(record.id)) ?? record;
}

/** An approval is its worker's. */
const resourceOf = ({ owner_id, worker_id: name }: ApprovalRecord) => ({
  workspace_id: owner_id,
  worker_name: name,
});

const readerOf = (principal: Principal, of: { record: ApprovalRecord; origin: string }) => ({
  origin: of.origin,
  mayDecide: can(principal, "approvals:decide", resourceOf(of.record)),
});

/** A page of the workspace's inbox, newest first. */
export async function listApprovals(
  deps: ApprovalDeps,
  principal: Principal,
  request: { query: z.output<typeof listApprovalsQuerySchema>; origin: string },
): Promise<z.output<typeof approvalPageSchema>> {
  const { status, worker, limit, cursor } = request.query;
  const filter = {
    workspaceId: principal.workspace_id,
    hidden: hiddenWorkers(principal),
    status,
    workerName: worker,
    before: readPlace(approvalIdSchema, cursor),
    limit: limit + 1,
  };
  const rows = await listApprovalRows(deps.db, filter);
  const { page, next_cursor } = takePage(rows, limit);
  const fresh = await Promise.all(page.map((row) => refresh(deps, row)));
  const shown = fresh.filter((record) => status === undefined || record.status === status);
  const { origin } = request;
  return {
    approvals: await Promise.all(
      shown.map((record) => present(deps, record, readerOf(principal, { record, origin }))),
    ),
    next_cursor,
  };
}

export async function countApprovals(deps: ApprovalDeps, principal: Principal): Promise<{ pending: number }> {
  const of = { workspaceId: principal.workspace_id, hidden: hiddenWorkers(principal) };
  return { pending: await countPendingRows(deps.db, of, deps.clock()) };
}

/** The approval if the principal may see it; otherwise the same refusal as for one that does not exist. */
async function requireApproval(
  deps: ApprovalDeps,
  principal: Principal,
  { id, scope = "runs:read" }: { id: string; scope?: Scope },
): Promise<ApprovalRecord> {
  const known = approvalIdSchema.safeParse(id);
  if (!known.success) throw notFound("approval");
  const row = await waitForYoung(deps, { id: known.data, graceMs: ROW_GRACE_MS }, () =>
    findApprovalRow(deps.db, principal.workspace_id, known.data),
  );
  if (row?.kind !== "approval" || !can(principal, scope, resourceOf(row))) throw notFound("approval");
  return row;
}

export async function getApproval(
  deps: ApprovalDeps,
  principal: Principal,
  request: { id: string; origin: string },
): Promise<Approval> {
  const row = await requireApproval(deps, principal, { id: request.id });
  const record = (await deps.runObject(row.run_id).readApproval(row.id)) ?? row;
  return present(deps, record, readerOf(principal, { record, origin: request.origin }));
}

/** Hands a decision to the run that asks; throws why it is not taken. */
async function decide(
  deps: ApprovalDeps,
  { runId, id }: { runId: string; id?: string | undefined },
  { verdict, body, principal }: Decision & { principal: string },
): Promise<DecisionResult> {
  // An approval starts a run; a rejection does not.
  if (verdict === "approved") requirePublicUrl(deps.publicUrl);
  const vote: DecisionRequest = {
    principal,
    decision: verdict,
    reason: body.reason ?? body.comment ?? null,
    edited_output: body.edited_output ?? null,
    annotations: body.annotations ?? null,
  };
  const reply = await deps.runObject(runId).decide(vote, id);
  if (reply.kind === "refused") throw refusalOf(reply);
  const { status, id: approvalId, run_id, follow_up_run_id } = reply.approval;
  return { status, approval_id: approvalId, run_id: follow_up_run_id ?? run_id };
}

export async function decideApproval(
  deps: ApprovalDeps,
  principal: Principal,
  request: Decision & { id: string },
): Promise<DecisionResult> {
  const row = await requireApproval(deps, principal, { id: request.id, scope: "approvals:decide" });
  return decide(deps, { runId: row.run_id, id: row.id }, { ...request, principal: actorOf(principal) });
}

/**
 * Takes the decision that a client says for its person. Throws `people_only` unless the version leaves that to clients,
 * and the person, or the owner whose token it is, may decide: what a client may do there is no more than they may.
 */
export async function decideInClient(
  deps: ApprovalDeps,
  principal: Principal,
  { id, json }: { id: string; json: z.output<typeof decideInClientRequestSchema> },
): Promise<DecisionResult> {
  const row = await requireApproval(deps, principal, { id });
  if (!row.decide_in_client || !mayDecideAsPerson(principal, resourceOf(row)))
    throw new AppError("people_only", "A person decides this on its page: no client may.");
  const verdict = json.decision === "approve" ? "approved" : "rejected";
  return decide(
    deps,
    { runId: row.run_id, id: row.id },
    { verdict, body: json, principal: actorOf(principal) },
  );
}

/** Takes a person's decision on what a run asks, named by the run. */
export async function decideRun(
  deps: ApprovalDeps,
  principal: Principal,
  request: Decision & { runId: string },
): Promise<DecisionResult> {
  const view = await requireRun(deps, principal, request.runId);
  if (!can(principal, "approvals:decide", runResource(view))) throw notFound("run");
  return decide(deps, { runId: view.detail.id }, { ...request, principal: actorOf(principal) });
}

/** Each by itself: what cannot be decided does not keep the others from it. */
export async function decideMany(
  deps: ApprovalDeps,
  principal: Principal,
  { ids, decision, reason }: z.output<typeof decideManyRequestSchema>,
): Promise<z.output<typeof decideManyResultSchema>> {
  const verdict = decision === "approve" ? "approved" : "rejected";
  const decideOne = async (id: (typeof ids)[number]) => {
    const decided = await attempt(() => decideApproval(deps, principal, { id, verdict, body: { reason } }));
    if (decided.ok) return { id, status: decided.value.status, run_id: decided.value.run_id, error: null };
    const { code, message: detail } = decided.refusal;
    return { id, status: null, run_id: null, error: { code, status: problems[code].status, detail } };
  };
  return { results: await Promise.all(ids.map(decideOne)) };
}

/** What a link leads to, as the run knows it; a call that was decided before another one, as the inbox has kept it. */
async function readReviewed(
  deps: ApprovalDeps,
  { id, runId }: { id: string; runId: string },
): Promise<ApprovalRecord | null> {
  const run = deps.runObject(runId);
  const known = await run.readApproval(id);
  const approvalId = approvalIdSchema.safeParse(id).data;
  if (known !== null || approvalId === undefined) return known;
  const view = await run.read();
  return (view && (await findApprovalRow(deps.db, view.workspace_id, approvalId))) ?? null;
}

async function requireReview(
  deps: ApprovalDeps,
  { id, token }: { id: string; token: string },
): Promise<ApprovalRecord> {
  const review = await askEachKey(deps, (key) => verifyReview(key, { id, token, now: deps.clock() }));
  const record = review && (await readReviewed(deps, { id, runId: review.run_id }));
  if (record?.id !== id || !record.has_link)
    throw new AppError("review_link_invalid", "Invalid or expired approval link.");

  return record;
}

/** What a review link shows, see `buildReview`. It changes nothing. */
export async function reviewApproval(
  deps: ApprovalDeps,
  review: { id: string; token: string },
): Promise<PublicApproval> {
  return buildReview(await requireReview(deps, review));
}

/** A file that is, or was, to be approved. Throws `not_found` for one that is none of the approval's. */
export async function openApprovalFile(
  deps: ApprovalDeps,
  principal: Principal,
  request: { id: string; artifactId: string },
): Promise<Response> {
  return openFileOf(deps, await requireApproval(deps, principal, { id: request.id }), request.artifactId);
}

/** The same for whoever holds the review link, which shows nothing any more once it has served. */
export async function openReviewFile(
  deps: ApprovalDeps,
  { artifactId, isView, ...review }: { id: string; token: string; artifactId: string; isView: boolean },
): Promise<Response> {
  const record = await requireReview(deps, review);
  if (record.status !== "pending") throw notFound("artifact");
  const answer = await openFileOf(deps, record, artifactId);
  const file = record.artifacts.find(({ id }) => id === artifactId);
  return file === undefined ? answer : new Response(answer.body, { headers: fileHeaders(file, isView) });
}

async function openFileOf(deps: ApprovalDeps, record: ApprovalRecord, artifactId: string): Promise<Response> {
  if (!record.artifacts.some(({ id }) => id === artifactId)) throw notFound("artifact");
  return openArtifact(deps, record.run_id, artifactId);
}

/** A decision by whoever holds the review link. `identified` is told who that is as soon as the link is known to be good. */
export async function decideByLink(
  deps: ApprovalDeps,
  request: Decision & { id: string; token: string; identified: (principal: Principal) => void },
): Promise<DecisionResult> {
  const record = await requireReview(deps, request);
  const workspaceId = workspaceIdSchema.parse(record.owner_id);
  request.identified(reviewPrincipal({ id: record.id, workspaceId }));
  return decide(deps, { runId: record.run_id, id: record.id }, { ...request, principal: "link" });
}
