import type { Context, Hono } from "hono";
import * as z from "zod";
import { AppError } from "../platform/app-error.ts";
import { answerError, contextOf } from "../http/mount.ts";
import { readBytes } from "../http/read-body.ts";
import type { RequestContext } from "../http/request-context.ts";
import { getRun, waitForEnd } from "../runs/service.ts";
import { answerHook, secondsToWait } from "./answer-hook.ts";
import { buildTokenHook, type Entrance } from "./check-hook.ts";
import { openHook, principalOf, takeDelivery, type HookDeps } from "./hook-service.ts";
import { findHooks, type Hook } from "./hook-store.ts";
import { findWorkerVersion } from "../catalog/store.ts";
import { parseBody, type IncomingDelivery } from "./read-delivery.ts";

interface HookOptions<Env extends object> {
  buildDeps: (env: Env, context: RequestContext) => HookDeps;
  newRequestId: () => string;
}

/** What a request to one of the entrances asks for. */
interface Knock {
  entrance: Entrance;
  hooks: (deps: HookDeps) => Promise<Hook[]>;
  take: (deps: HookDeps, context: RequestContext, entered: Entered) => Promise<Response>;
}

/** A delivery that was let in, and by which hook. */
interface Entered {
  hook: Hook;
  delivery: IncomingDelivery;
}

/**
 * The ways in from outside. They lie beside /api because their senders choose method, body and headers; refusals are
 * problem documents all the same. `/webhooks/{worker}` is Floom's: the worker's name, or its uid.
 */
export function mountHooks<Env extends object>(
  app: Hono<{ Bindings: Env }>,
  options: HookOptions<Env>,
): void {
  app.all("/hooks/:trigger", (c) =>
    answer(c, options, {
      entrance: "hook",
      hooks: (deps) => findHooks(deps.db, { triggerId: c.req.param("trigger") }),
      take: startRun,
    }),
  );
  app.all("/webhooks/:worker", (c) =>
    answer(c, options, {
      entrance: "worker",
      hooks: (deps) => findHooks(deps.db, placeOf(deps, c.req.param("worker"))),
      take: startRun,
    }),
  );
  app.post("/webhooks/:worker/resume", (c) =>
    answer(c, options, {
      entrance: "worker",
      hooks: (deps) => findResumeHooks(deps, c.req.param("worker")),
      take: resumeRun,
    }),
  );
}

/** A worker by its uid, or by its name in the home workspace. */
function placeOf(deps: HookDeps, worker: string) {
  if (worker.startsWith("wrk_")) return { workerId: worker };
  return { workspaceId: deps.homeWorkspace, workerName: worker };
}

/** A worker that waits for something outside need not have a webhook; its token is good then, and nothing else. */
async function findResumeHooks(deps: HookDeps, worker: string): Promise<Hook[]> {
  const hooks = await findHooks(deps.db, placeOf(deps, worker));
  if (hooks.length > 0) return hooks;
  const found = await findWorkerVersion(deps.db, placeOf(deps, worker));
  if (!found) return [];
  const { id, name, workspace_id } = found.worker;
  const facts = { workspace_id, worker_id: id, worker_name: name };
  return [{ ...buildTokenHook(), ...facts }];
}

async function answer<Env extends object>(
  c: Context<{ Bindings: Env }>,
  options: HookOptions<Env>,
  knock: Knock,
): Promise<Response> {
  const context = contextOf(c, options.newRequestId);
  try {
    return seal(await take(options.buildDeps(c.env, context), context, knock), context);
  } catch (thrown) {
    return seal(answerError(thrown, context), context);
  }
}

async function take(deps: HookDeps, context: RequestContext, knock: Knock): Promise<Response> {
  const delivery = await readDelivery(context.request);
  const { entrance } = knock;
  const { waitUntil } = context;
  const hook = await openHook(deps, { hooks: await knock.hooks(deps), entrance, delivery, waitUntil });
  checkMethod(hook, delivery);
  return knock.take(deps, context, { hook, delivery });
}

async function startRun(
  deps: HookDeps,
  context: RequestContext,
  { hook, delivery }: Entered,
): Promise<Response> {
  const apiUrl = deps.publicUrl || context.origin;
  const taken = await takeDelivery(deps, hook, { delivery, apiUrl, redeliveryOf: null });
  if (taken.refusal) throw taken.refusal;
  const { reply } = hook.spec;
  const runId = taken.record.run_id;
  const seconds = secondsToWait(reply);
  const waits = runId !== null && seconds > 0;
  if (waits) await waitForEnd(deps, { runId, timeoutMs: seconds * 1000 });
  const run = waits ? await getRun(deps, principalOf(hook), runId) : null;
  return answerHook(reply, taken, { run, payload: parseBody(delivery.body) });
}

const resumeSchema = z.looseObject({ key: z.string().min(1), run_id: z.string().optional() });

/** The body names what is waited for (`key`), and may name the run; all of it becomes `external_result`. */
async function resumeRun(
  deps: HookDeps,
  _context: RequestContext,
  { hook, delivery }: Entered,
): Promise<Response> {
  const parsed = resumeSchema.safeParse(parseBody(delivery.body));
  if (!parsed.success) {
    const detail = "must be a JSON object with the text member key";
    throw new AppError("invalid_request", `The body ${detail}.`, { errors: [{ pointer: "/key", detail }] });
  }
  const { key, run_id } = parsed.data;
  const worker = { workspaceId: hook.workspace_id, workerName: hook.worker_name };
  return Response.json(await deps.resumeExternal(worker, { key, run_id, payload: parsed.data }));
}

/** Said only to a sender that was let in: a stranger would learn from it that the hook exists. */
function checkMethod(hook: Hook, { method }: IncomingDelivery): void {
  const allowed: readonly string[] = hook.spec.methods;
  if (allowed.includes(method)) return;
  throw new AppError("method_not_allowed", `This hook takes ${allowed.join(", ")}.`, {
    headers: { allow: allowed.join(", ") },
  });
}

/** The request as it came: raw bytes first, names of headers in lower case. */
async function readDelivery(request: Request): Promise<IncomingDelivery> {
  const body = await readBytes(request, "webhook_body_bytes");
  return {
    body,
    headers: Object.fromEntries([...request.headers].map(([name, value]) => [name.toLowerCase(), value])),
    query: Object.fromEntries(new URL(request.url).searchParams),
    method: request.method,
    content_type: request.headers.get("content-type"),
    ip: request.headers.get("cf-connecting-ip"),
  };
}

/** Nothing that a sender brings in may run as a page of this origin. */
function seal(response: Response, context: RequestContext): Response {
  const headers = new Headers(response.headers);
  headers.set("x-request-id", context.requestId);
  headers.set("x-content-type-options", "nosniff");
  headers.set("content-security-policy", "default-src 'none'; sandbox");
  headers.set("cache-control", "no-store");
  return new Response(response.body, { status: response.status, headers });
}
