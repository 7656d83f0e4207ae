import { Hono } from "hono";
import { requestId } from "hono/request-id";
import { routes } from "#contract/routes";
import { mountRooms, mountWaysIn } from "./compose/rooms.ts";
import { readBindings, readConfig } from "./env.ts";
import type { Config, EdgeEnv } from "./env.ts";
import { answerError } from "./http/answer-error.ts";
import { discardBody } from "./http/discard-body.ts";
import { answerPage, routePathOf } from "./http/front-door.ts";
import { requireOwnHost, requireOwnPage } from "./http/own-origin.ts";
import type { OwnPlaces } from "./http/own-origin.ts";
import { openContext } from "./http/request-context.ts";
import type { EdgeHono } from "./http/request-context.ts";
import { sealAnswers } from "./http/seal.ts";
import { refuseUnknown } from "./http/unknown-route.ts";
import { systemClock } from "./platform/clock.ts";
import { newId } from "./platform/ids.ts";

/** The edge as one Hono app: every room, what stands before each of them, and a problem document for everything else. */
export function buildApp(): EdgeHono<EdgeEnv> {
  const app = openApp();
  app.use(...sealAnswers);
  app.use(async (c, next) => {
    await next();
    await discardBody(c.req.raw);
  });
  app.use(openContext<EdgeEnv>((env) => readConfig(env).publicUrl));
  app.use(async (c, next) => {
    const places = ownPlaces(readConfig(c.env));
    const context = c.get("context");
    requireOwnHost(context.url, places);
    requireOwnPage(context, places);
    await next();
  });
  mountRooms(app);
  let inside: EdgeHono<EdgeEnv> | undefined;
  mountWaysIn(app, (...asked) => (inside ??= buildInside()).fetch(...asked));
  app.notFound(async (c) => {
    const { pages } = readBindings(c.env);
    const page = await answerPage(c.req.raw, (request) => pages.fetch(request));
    return page ?? refuseUnknown(routes, c.get("context"));
  });
  return app;
}

/**
 * The rooms for requests that this script makes itself, as part of one that was let in: no page sent them, and nobody
 * reads the headers of an answer. Before a room stands its own gate, as always.
 */
function buildInside(): EdgeHono<EdgeEnv> {
  const app = openApp();
  app.use(openContext<EdgeEnv>((env) => readConfig(env).publicUrl));
  mountRooms(app);
  app.notFound((c) => refuseUnknown(routes, c.get("context")));
  return app;
}

/** An app that gives every request an id, and answers what is thrown as a problem. */
function openApp(): EdgeHono<EdgeEnv> {
  const app: EdgeHono<EdgeEnv> = new Hono({ getPath: routePathOf });
  // Without a header's name: a caller must not choose the id under which a fault is looked for.
  app.use(requestId({ headerName: "", generator: () => newId("req", systemClock()) }));
  app.onError((error, c) => answerError(error, { requestId: c.get("requestId"), request: c.req.raw }));
  return app;
}

/** Sandboxes of this machine reach the edge by an address of their own. */
function ownPlaces({ environment, publicUrl, sandboxEdgeUrl }: Config): OwnPlaces {
  return { isRoutedByName: environment === "production", origins: [publicUrl, sandboxEdgeUrl] };
}
