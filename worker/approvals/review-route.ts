import type { Context } from "hono";
import type { Principal } from "#contract/access/access";
import type { DecisionResult } from "#contract/approvals/approval";
import { readGivenJson } from "#contract/json";
import { inputsSchema } from "#contract/runs/run";
import type { Inputs } from "#contract/runs/run";
import { limits } from "#contract/limits";
import { AppError } from "../platform/app-error.ts";
import { attempt } from "../platform/attempt.ts";
import { readBytes } from "../http/read-body.ts";
import type { EdgeHono, EdgeTypes, RequestContext } from "../http/request-context.ts";
import { answerPlainPage } from "../http/plain-page.ts";
import type { Html } from "../http/plain-page.ts";
import { pageLook } from "../http/look/page-look.ts";
import { buildRefusalPage, buildReviewPage } from "./review-page.ts";
import { decideByLink, reviewApproval } from "./service.ts";
import type { ApprovalDeps, Decision } from "./service.ts";

const page = (html: Html, status: number) =>
  answerPlainPage(html, { style: pageLook, status, showsFiles: true });

interface Review {
  id: string;
  token: string;
}

/** A decision that was asked for by the page, once it was taken or refused. */
export interface EndedReview {
  approval: string;
  decision: Decision;
  /** The link; null where it was no good. */
  principal: Principal | null;
  answer: DecisionResult | undefined;
  refusal: AppError | null;
}

/** What the page needs of a request: its room's deps, and a record of what it decides. */
interface ReviewPage<Env extends object> {
  buildDeps: (env: Env, context: RequestContext) => ApprovalDeps;
  /** Told how each decision ended before it is answered: what it throws is answered instead. */
  ended: (env: Env, context: RequestContext, review: EndedReview) => Promise<void>;
}

/** The page behind a review link. It works without a script; GET shows, and only the form's POST decides. */
export function mountReviewPage<Env extends object>(app: EdgeHono<Env>, reviews: ReviewPage<Env>): void {
  const answer = async (c: Context<EdgeTypes<Env>>, act: "show" | "decide") => {
    const context = c.get("context");
    const deps = reviews.buildDeps(c.env, context);
    const ended = (review: EndedReview) => reviews.ended(c.env, context, review);
    const review = { id: c.req.query("id") ?? "", token: c.req.query("token") ?? "" };
    const shown = await attempt(() =>
      act === "show" ? showReview(deps, review) : decideReview(deps, review, { request: c.req.raw, ended }),
    );
    return shown.ok ? shown.value : page(buildRefusalPage(shown.refusal.message), shown.refusal.status);
  };
  app.get("/approvals/review", (c) => answer(c, "show"));
  app.post("/approvals/review", (c) => answer(c, "decide"));
}

async function showReview(deps: ApprovalDeps, review: Review): Promise<Response> {
  return page(
    buildReviewPage(await reviewApproval(deps, review), { notice: null, token: review.token }),
    200,
  );
}

/** Takes the form. Why nothing was done is said beside how things stand, to whoever may see that. */
async function decideReview(
  deps: ApprovalDeps,
  review: Review,
  { request, ended }: { request: Request; ended: (review: EndedReview) => Promise<void> },
): Promise<Response> {
  const { outputs } = await reviewApproval(deps, review);
  const read = await attempt(() => readForm(request, outputs));
  const refusal = read.ok ? await decideOnRecord(deps, { ...review, ...read.value }, ended) : read.refusal;
  const shown = { notice: refusal?.message ?? null, token: review.token };
  const html = buildReviewPage(await reviewApproval(deps, review), shown);
  return page(html, refusal?.status ?? 200);
}

/** Decides, and answers why not, once that is on record; null where it was done. */
async function decideOnRecord(
  deps: ApprovalDeps,
  request: Review & Decision,
  ended: (review: EndedReview) => Promise<void>,
): Promise<AppError | null> {
  const { id, token, ...decision } = request;
  let principal: Principal | null = null;
  const identified = (link: Principal) => {
    principal = link;
  };
  const decided = await attempt(() => decideByLink(deps, { ...decision, id, token, identified }));
  const outcome = decided.ok
    ? { answer: decided.value, refusal: null }
    : { answer: undefined, refusal: decided.refusal };
  await ended({ approval: id, decision, principal, ...outcome });
  return outcome.refusal;
}

/** The form always sends the outputs along; they are edits only when they are others than those proposed. */
async function readForm(request: Request, proposed: Inputs): Promise<Decision> {
  const form = new URLSearchParams(new TextDecoder().decode(await readBytes(request, "decision_body_bytes")));
  const decision = form.get("decision");
  const text = form.get("reason")?.trim().slice(0, limits.annotation_characters.value) ?? "";
  const reason = text === "" ? {} : { reason: text };
  if (decision === "reject") return { verdict: "rejected", body: reason };
  if (decision !== "approve") throw new AppError("invalid_request", "Choose to approve or to reject.");
  const edited = readEdited(form.get("edited") ?? JSON.stringify(proposed));
  const isEdited = JSON.stringify(edited) !== JSON.stringify(proposed);
  return { verdict: "approved", body: isEdited ? { ...reason, edited_output: edited } : reason };
}

function readEdited(text: string): Inputs {
  try {
    return inputsSchema.parse(readGivenJson(text));
  } catch (cause) {
    const why = cause instanceof SyntaxError ? `: ${cause.message}` : "";
    throw new AppError("invalid_request", `The edited outputs are not a JSON object${why}.`, { cause });
  }
}
