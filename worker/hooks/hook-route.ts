import type { Context } from "hono";
import { AppError } from "../platform/app-error.ts";
import { readBytes } from "../http/read-body.ts";
import type { EdgeHono, EdgeTypes, RequestContext } from "../http/request-context.ts";
import { answerHook } from "./answer-hook.ts";
import { takeAppEvent } from "./app-event-service.ts";
import { buildTokenHook } from "./check-hook.ts";
import type { Entrance } from "./check-hook.ts";
import { openHook, resumeDelivered, startDelivered } from "./hook-service.ts";
import type { HookDeps, OpenedHook } from "./hook-service.ts";
import { findHookedWorker, findHooks } from "./hook-store.ts";
import type { Hook } from "./hook-store.ts";
import { parseBody } from "./read-delivery.ts";
import type { IncomingDelivery } from "./read-delivery.ts";

/** What a request to one of the entrances asks for. */
interface HookEntry {
  entrance: Entrance;
  hooks: (deps: HookDeps) => Promise<Hook[]>;
  take: (deps: HookDeps, opened: OpenedHook) => Promise<Response>;
}

/**
 * The ways in from outside. They lie beside /api because their senders choose method, body and headers; refusals are
 * problem documents all the same. `/webhooks/{worker}` is Floom's: the worker's name, or its uid.
 */
export function mountHooks<Env extends object>(
  app: EdgeHono<Env>,
  buildDeps: (env: Env, context: RequestContext) => HookDeps,
  /** Throws where the sender has sent too much to what is called so, be it there or not. */
  admit: (env: Env, context: RequestContext, name: string) => Promise<void>,
): void {
  const answer = async (c: Context<EdgeTypes<Env>>, name: string, entry: HookEntry) => {
    const context = c.get("context");
    await admit(c.env, context, name);
    return take(buildDeps(c.env, context), context, entry);
  };
  // Before the workers: it names none.
  for (const path of ["/composio-events", "/webhooks/composio-events"]) {
    app.post(path, async (c) => {
      const context = c.get("context");
      await admit(c.env, context, "composio-events");
      const deps = buildDeps(c.env, context);
      return Response.json(await takeAppEvent(deps, await readDelivery(context.request)), { status: 202 });
    });
  }
  app.all("/hooks/:trigger", (c) =>
    answer(c, c.req.param("trigger"), {
      entrance: "hook",
      hooks: (deps) => findHooks(deps.db, { triggerId: c.req.param("trigger") }),
      take: start,
    }),
  );
  app.all("/webhooks/:worker", (c) =>
    answer(c, c.req.param("worker"), {
      entrance: "worker",
      hooks: (deps) => findHooks(deps.db, placeOf(deps, c.req.param("worker"))),
      take: start,
    }),
  );
  app.post("/webhooks/:worker/resume", (c) =>
    answer(c, c.req.param("worker"), {
      entrance: "worker",
      hooks: (deps) => findResumeHooks(deps, c.req.param("worker")),
      take: resume,
    }),
  );
}

/** A worker by its uid, or by its name in the home workspace. */
function placeOf(deps: HookDeps, worker: string) {
  if (worker.startsWith("wrk_")) return { workerId: worker };
  return { workspaceId: deps.homeWorkspace, workerName: worker };
}

/**
 * Who may let a waiting run go on: any trigger of the worker that asks for a signature and is not paused. An open one
 * lets strangers start runs, which is not to answer for one. A worker without such a trigger need not be waiting in
 * vain: its token is good then, unless a signed one is paused, for pausing shuts this way as well.
 */
async function findResumeHooks(deps: HookDeps, worker: string): Promise<Hook[]> {
  const found = await findHookedWorker(deps.db, placeOf(deps, worker));
  if (!found) return [];
  const signed = found.hooks.filter((hook) => isSigned(hook) && hook.spec.app_event === undefined);
  if (signed.length > 0) return signed.filter(({ paused }) => !paused);
  const { id, name, workspace_id, hook_token_box } = found.worker;
  return [buildTokenHook({ workspace_id, worker_id: id, worker_name: name, token_box: hook_token_box })];
}

function isSigned({ spec }: Hook): boolean {
  return spec.signature.scheme !== "none";
}

async function take(deps: HookDeps, context: RequestContext, entry: HookEntry): Promise<Response> {
  const delivery = await readDelivery(context.request);
  const { entrance } = entry;
  const { waitUntil } = context;
  // Events of apps come by their own way alone.
  const hooks = (await entry.hooks(deps)).filter(({ spec }) => spec.app_event === undefined);
  const opened = await openHook(deps, { hooks, entrance, delivery, waitUntil });
  checkMethod(opened.hook, delivery);
  return entry.take(deps, opened);
}

async function start(deps: HookDeps, opened: OpenedHook): Promise<Response> {
  const { taken, run } = await startDelivered(deps, opened);
  const { hook, delivery } = opened;
  return answerHook(hook.spec.reply, taken, { run, payload: parseBody(delivery.body) });
}

async function resume(deps: HookDeps, opened: OpenedHook): Promise<Response> {
  return Response.json(await resumeDelivered(deps, opened));
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
