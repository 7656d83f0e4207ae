import type { Context, Hono } from "hono";
import { inputsSchema, type Inputs } from "#contract/runs/run";
import { limits } from "#contract/limits";
import { AppError } from "../platform/app-error.ts";
import { contextOf } from "../http/mount.ts";
import { readBytes } from "../http/read-body.ts";
import type { RequestContext } from "../http/request-context.ts";
import { buildRefusalPage, buildReviewPage } from "./review-page.ts";
import { decideByLink, reviewApproval, type ApprovalDeps, type Decision } from "./service.ts";

interface ReviewOptions<Env extends object> {
  buildDeps: (env: Env, context: RequestContext) => ApprovalDeps;
  newRequestId: () => string;
}

/** No script, no frame, nothing from elsewhere; and the address, which holds the token, is told to nobody. */
const headers = {
  "content-type": "text/html; charset=utf-8",
  "content-security-policy":
    "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "x-robots-tag": "noindex",
  "cache-control": "no-store",
};

const page = async (html: string | Promise<string>, status: number) =>
  new Response(String(await html), { status, headers });

/** The page behind a review link. It works without a script; GET shows, and only the form's POST decides. */
export function mountReviewPage<Env extends object>(
  app: Hono<{ Bindings: Env }>,
  options: ReviewOptions<Env>,
): void {
  const answer = async (c: Context<{ Bindings: Env }>, act: "show" | "decide") => {
    const context = contextOf(c, options.newRequestId);
    const deps = options.buildDeps(c.env, context);
    const review = { id: c.req.query("id") ?? "", token: c.req.query("token") ?? "" };
    try {
      const refusal = act === "decide" ? await decide(deps, review, c.req.raw) : null;
      const html = buildReviewPage(await reviewApproval(deps, review), refusal?.message ?? null);
      return await page(html, refusal?.status ?? 200);
    } catch (thrown) {
      if (thrown instanceof AppError) return page(buildRefusalPage(thrown.message), thrown.status);
      throw thrown;
    }
  };
  app.get("/approvals/review", (c) => answer(c, "show"));
  app.post("/approvals/review", (c) => answer(c, "decide"));
}

/** Takes the form; answers why nothing was done, so that the page can say so beside how things stand. */
async function decide(
  deps: ApprovalDeps,
  review: { id: string; token: string },
  request: Request,
): Promise<AppError | null> {
  try {
    const { outputs } = await reviewApproval(deps, review);
    await decideByLink(deps, { ...review, ...(await readForm(request, outputs)) });
    return null;
  } catch (thrown) {
    if (thrown instanceof AppError && thrown.code !== "review_link_invalid") return thrown;
    throw thrown;
  }
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
    return inputsSchema.parse(JSON.parse(text));
  } catch (cause) {
    throw new AppError("invalid_request", "The edited outputs are not a JSON object.", { cause });
  }
}
