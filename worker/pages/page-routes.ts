import type { Context } from "hono";
import type { EdgeHono, EdgeTypes, RequestContext } from "../http/request-context.ts";
import type { AppError } from "../platform/app-error.ts";
import { attempt } from "../platform/attempt.ts";
import { openArtifact } from "../runs/read/download.ts";
import { streamEvents } from "../runs/read/stream.ts";
import { mailEntry, tryPassword, useEntry } from "../shares/entry-service.ts";
import { createRunShare } from "../shares/service.ts";
import type { ShareDeps } from "../shares/service.ts";
import { keepVisitor, knowVisitor } from "../shares/visitor-cookie-service.ts";
import type { KnownVisitor } from "../shares/visitor-cookie-service.ts";
import {
  getVisitorRun,
  nothingHere,
  openLink,
  openPage,
  requireVisitorRun,
} from "../shares/visitor-service.ts";
import { answerEmbedScript } from "./embed-script.ts";
import { buildEnterPage } from "./entry-pages.ts";
import { fileHeaders } from "../http/look/file-answer.ts";
import { buildCardPicture } from "./picture/og-picture.ts";
import { answerPage } from "./page-shell.ts";
import { basePath, framesOf } from "./place.ts";
import type { Place, PlaceKind } from "./place.ts";
import { answerStyledFrame } from "./styled-frame.ts";
import { buildQrCode } from "./picture/qr-code.ts";
import { readPosted, textOf } from "./read-posted.ts";
import { answerFrame, answerPageChart, answerTable, outputOf } from "./run-output.ts";
import { buildRunPage } from "./run-page.ts";
import { runPosted } from "./run-service.ts";
import { answerApp, answerEntry, answerRefusal, askedOf } from "./show-service.ts";
import type { ShowDeps } from "./show-service.ts";
import { answerShared } from "./shared-page-service.ts";
import type { SharedDeps } from "./shared-page-service.ts";
import { tellEvent } from "./tell-event.ts";

export interface PageDeps extends ShowDeps, ShareDeps, SharedDeps {}

/** A visitor's request at a place that is open to them. */
interface Visit {
  deps: PageDeps;
  place: Place;
  known: KnownVisitor;
  request: Request;
  params: Record<string, string>;
}

const REFRESH_SECONDS = 3;
const SHARES_AN_HOUR = { requests: 20, windowMs: 3_600_000 };

const see = (location: string) => new Response(null, { status: 303, headers: { location } });

async function openPlace(deps: PageDeps, kind: PlaceKind, id: string): Promise<Place> {
  const door = kind === "s" ? await openLink(deps, id) : await openPage(deps, id);
  return { door, base: basePath(kind, id), framed: kind === "embed" };
}

/** Reads a form and starts a run; what is wrong with it is shown beside what was filled in. */
async function postRun({ deps, place, known, request }: Visit): Promise<Response> {
  const posted = await readPosted(request);
  const { visitor } = known;
  const address = request.headers.get("cf-connecting-ip") ?? "";
  const outcome = await runPosted(deps, place, { posted, visitor, address });
  if ("runId" in outcome) return see(`${place.base}/runs/${outcome.runId}`);
  return answerApp(deps, place, { action: textOf(posted, "_action"), ...outcome });
}

async function showRunPage(visit: Visit, shared: string | null = null): Promise<Response> {
  const { deps, place, known, params } = visit;
  const runId = params["run"] ?? "";
  const run = await getVisitorRun(deps, place.door, { visitor: known.visitor, runId });
  const path = `${place.base}/runs/${run.id}`;
  const { title } = place.door.found.version.manifest;
  return answerPage({
    title,
    body: buildRunPage({
      run,
      output: outputOf(run, place.door.found),
      title,
      base: place.base,
      path,
      shared,
    }),
    accent: place.door.app?.settings.theme.accent ?? null,
    framedBy: framesOf(place),
    refreshSeconds: run.completed_at === null ? REFRESH_SECONDS : null,
  });
}

async function followOwnRun({ deps, place, known, params, request }: Visit): Promise<Response> {
  const of = { visitor: known.visitor, runId: params["run"] ?? "" };
  const { runId } = await requireVisitorRun(deps, place.door, of);
  return streamEvents(deps, { runId, request, tell: tellEvent, showsLive: false });
}

async function sendOwnFile({ deps, place, known, params, request }: Visit): Promise<Response> {
  const of = { visitor: known.visitor, runId: params["run"] ?? "" };
  const run = await getVisitorRun(deps, place.door, of);
  const file = run.files.find(({ id }) => id === params["artifact"]);
  if (file === undefined) throw nothingHere();
  const { body } = await openArtifact(deps, run.id, file.id);
  const isView = new URL(request.url).searchParams.has("view");
  return new Response(body, { headers: fileHeaders(file, isView) });
}

async function sendOwnTable({ deps, place, known, params }: Visit): Promise<Response> {
  const of = { visitor: known.visitor, runId: params["run"] ?? "" };
  const run = await getVisitorRun(deps, place.door, of);
  return answerTable(outputOf(run, place.door.found), params["table"] ?? "");
}

async function sendOwnHtml({ deps, place, known, params }: Visit): Promise<Response> {
  const of = { visitor: known.visitor, runId: params["run"] ?? "" };
  const run = await getVisitorRun(deps, place.door, of);
  return answerFrame(outputOf(run, place.door.found), params["place"] ?? "");
}

async function sendOwnChart({ deps, place, known, params, request }: Visit): Promise<Response> {
  const of = { visitor: known.visitor, runId: params["run"] ?? "" };
  const run = await getVisitorRun(deps, place.door, of);
  return answerPageChart(outputOf(run, place.door.found), run, request);
}

async function shareOwnRun(visit: Visit): Promise<Response> {
  const { deps, place, known, params } = visit;
  const of = { visitor: known.visitor, runId: params["run"] ?? "" };
  const { principal, runId } = await requireVisitorRun(deps, place.door, of);
  const place_ = known.visitor.network || "nowhere";
  if ((await deps.takeTurn(`share_results:${place.door.id}:${place_}`, SHARES_AN_HOUR)) > 0)
    throw nothingHere();
  const { url } = await createRunShare(deps, principal, { run: runId, wish: {} });
  return showRunPage(visit, url);
}

async function unlock({ deps, place, known, request }: Visit): Promise<Response> {
  const password = textOf(await readPosted(request), "password");
  const way = { isSecure: known.isSecure, framed: place.framed };
  const cookie = await tryPassword(deps, place.door, { password, visitor: known.visitor, way });
  if (cookie === null)
    return answerEntry(place, "password", { notice: "That is not the password.", status: 403 });
  return letThrough(place, cookie);
}

function letThrough({ base }: Place, cookie: string): Response {
  const answer = see(base);
  answer.headers.append("set-cookie", cookie);
  return answer;
}

async function invite({ deps, place, known, request }: Visit): Promise<Response> {
  const email = textOf(await readPosted(request), "email");
  await mailEntry(deps, place.door, { email, visitor: known.visitor });
  return answerEntry(place, "invited", { sent: true });
}

async function enter({ deps, place, known, request }: Visit): Promise<Response> {
  const key = textOf(await readPosted(request), "key");
  const cookie = await useEntry(deps, place.door, {
    key,
    way: { isSecure: known.isSecure, framed: place.framed },
  });
  if (cookie === null) {
    return answerEntry(place, "invited", {
      notice: "That link was used, or is over. Ask for another.",
      status: 403,
    });
  }
  return letThrough(place, cookie);
}

function picture(type: string, body: BodyInit): Response {
  return new Response(body, { headers: { "content-type": type, "cache-control": "public, max-age=300" } });
}

/** What can be asked at a place that is open, by method and path below it. */
const inside: readonly (readonly ["GET" | "POST", string, (visit: Visit) => Promise<Response>])[] = [
  [
    "GET",
    "",
    ({ deps, place, request }) => {
      const asked = new URL(request.url).searchParams;
      return answerApp(deps, place, { action: asked.get("action") ?? "", asked });
    },
  ],
  ["POST", "", postRun],
  ["GET", "/runs/:run", showRunPage],
  ["GET", "/runs/:run/events", followOwnRun],
  ["GET", "/runs/:run/files/:artifact", sendOwnFile],
  ["GET", "/runs/:run/tables/:table", sendOwnTable],
  ["GET", "/runs/:run/html/:place", sendOwnHtml],
  ["GET", "/runs/:run/chart", sendOwnChart],
  ["POST", "/runs/:run/share", shareOwnRun],
  [
    "GET",
    "/qr.svg",
    async ({ deps, place }) => picture("image/svg+xml", buildQrCode(deps.linkOrigin + place.base)),
  ],
  [
    "GET",
    "/og.png",
    async ({ place }) =>
      picture(
        "image/png",
        await buildCardPicture(
          place.door.found.version.manifest.title,
          place.door.app?.settings.theme.accent ?? null,
        ),
      ),
  ],
];

/** What can be asked at a place that is not open yet. */
const before: readonly (readonly ["GET" | "POST", string, (visit: Visit) => Promise<Response>])[] = [
  ["POST", "/unlock", unlock],
  ["POST", "/invite", invite],
  [
    "GET",
    "/enter",
    async ({ place, request }) =>
      answerPage({
        title: "You are invited",
        body: buildEnterPage(place.base, new URL(request.url).searchParams.get("key") ?? ""),
      }),
  ],
  ["POST", "/enter", enter],
];

/**
 * Everything that strangers see: apps at /a/{slug}, links at /s/{token}, apps in other sites' frames at /embed/{slug}.
 * Pages work without scripts; whatever is refused is a page as well.
 */
export function mountPages<Env extends object>(
  app: EdgeHono<Env>,
  buildDeps: (env: Env, context: RequestContext) => PageDeps,
): void {
  const visitOf = async (c: Context<EdgeTypes<Env>>, kind: PlaceKind): Promise<Visit> => {
    const deps = buildDeps(c.env, c.get("context"));
    const params: Record<string, string> = c.req.param();
    const place = await openPlace(deps, kind, params["id"] ?? "");
    return { deps, place, params, request: c.req.raw, known: await knowVisitor(c.req.raw) };
  };
  app.get("/embed.js", () => answerEmbedScript());
  // A link to a result or a file is no place: what is asked of it is asked first.
  app.get("/s/:id", (c, next) => answerSharedOr(c, buildDeps, next));
  app.get("/s/:id/html/:place", (c) => answerSharedOr(c, buildDeps, () => Promise.resolve()));
  app.get("/frame.html", () => answerStyledFrame());
  app.get("/s/:id/tables/:table", (c) => answerSharedOr(c, buildDeps, () => Promise.resolve()));
  app.get("/s/:id/chart", (c) => answerSharedOr(c, buildDeps, () => Promise.resolve()));
  app.get("/s/:id/files/:artifact", (c) => answerSharedOr(c, buildDeps, () => Promise.resolve()));
  for (const kind of ["a", "s", "embed"] as const) {
    for (const [method, path, act] of inside) {
      app.on(method, `/${kind}/:id${path}`, (c) =>
        answerVisit(c, () => visitOf(c, kind), { act, isInside: true }),
      );
    }
    for (const [method, path, act] of before) {
      app.on(method, `/${kind}/:id${path}`, (c) =>
        answerVisit(c, () => visitOf(c, kind), { act, isInside: false }),
      );
    }
    app.all(`/${kind}/*`, () => answerRefusal(nothingHere(), "/"));
  }
}

async function answerSharedOr<Env extends object>(
  c: Context<EdgeTypes<Env>>,
  buildDeps: (env: Env, context: RequestContext) => PageDeps,
  next: () => Promise<void>,
): Promise<Response | undefined> {
  const params: Record<string, string> = c.req.param();
  const { id: token = "", artifact = null, table = null, place = null } = params;
  const isChart = c.req.path.endsWith("/chart");
  const asked = { token, artifact, table, html: place, isChart, request: c.req.raw };
  const shown = await attempt(() => answerShared(buildDeps(c.env, c.get("context")), asked));
  if (!shown.ok) return answerRefusal(shown.refusal, "/");
  if (shown.value !== null) return shown.value;
  await next();
  return undefined;
}

async function answerVisit<Env extends object>(
  c: Context<EdgeTypes<Env>>,
  open: () => Promise<Visit>,
  { act, isInside }: { act: (visit: Visit) => Promise<Response>; isInside: boolean },
): Promise<Response> {
  const opened = await attempt(open);
  if (!opened.ok) return answerRefusal(opened.refusal, "/");
  const visit = opened.value;
  const { deps, place, known, request } = visit;
  const done = await attempt(async () => {
    const asked = isInside ? await askedOf(deps, place, request) : null;
    return asked === null ? act(visit) : answerEntry(place, asked, { status: 401 });
  });
  const answer = done.ok ? done.value : await refuse(done.refusal, place);
  return keepVisitor(answer, known, { framed: place.framed });
}

async function refuse(refusal: AppError, place: Place): Promise<Response> {
  const answer = await answerRefusal(refusal, place.base, framesOf(place));
  const wait = refusal.options.retryAfterSeconds;
  if (wait !== undefined) answer.headers.set("retry-after", String(wait));
  return answer;
}
