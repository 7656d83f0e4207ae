import { asksForPage } from "#contract/compat/media-type";
import type { OutboxMail } from "#contract/alerts/alert";
import { answerPlainPage } from "../http/plain-page.ts";
import type { EdgeHono, RequestContext } from "../http/request-context.ts";
import { buildOutboxPage, style } from "./outbox-page.ts";
import type { AccountDeps } from "./service.ts";
import { isAtThisMachine } from "./sign-in-service.ts";

/** How many of the newest mails are shown. */
const SHOWN = 50;

export interface OutboxPageDeps extends AccountDeps {
  listMails: (limit: number) => Promise<OutboxMail[]>;
}

/**
 * The mails about accounts that a local Floom keeps, at /dev/outbox: a page, or JSON for a program. Whoever reads them can
 * sign in as anybody, so they are shown to whoever sits at this machine, and everywhere else there is no such address.
 */
export function mountOutbox<Env extends object>(
  app: EdgeHono<Env>,
  buildDeps: (env: Env, context: RequestContext) => OutboxPageDeps,
): void {
  app.on("GET", ["/dev/outbox", "/api/dev/outbox"], async (c, next) => {
    const deps = buildDeps(c.env, c.get("context"));
    if (!isAtThisMachine(deps, c.req.raw)) return next();
    const mails = await deps.listMails(SHOWN);
    if (!asksForPage(c.req.header("accept") ?? null)) return Response.json(mails);
    return answerPlainPage(buildOutboxPage(mails, deps.publicUrl), { style, status: 200 });
  });
}
