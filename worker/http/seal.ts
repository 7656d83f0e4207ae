import { createMiddleware } from "hono/factory";
import { secureHeaders } from "hono/secure-headers";

/** What is not a page may load, frame and run nothing, whatever a browser takes it for. A page brings its own policy. */
const NO_PAGE = "default-src 'none'; frame-ancestors 'none'; sandbox";

/** These hold for every answer, whoever made it. How long a domain is to be reached by TLS alone is its owner's to say. */
const always = secureHeaders({ xFrameOptions: "DENY", strictTransportSecurity: false });

/** Sealed after the handler has answered: its id, and what an answer is that says nothing else of itself. */
const unlessSaid = createMiddleware<{ Variables: { requestId: string } }>(async (c, next) => {
  await next();
  c.header("x-request-id", c.get("requestId"));
  if (!c.res.headers.has("cache-control")) c.header("cache-control", "no-store");
  if (!c.res.headers.has("content-security-policy")) c.header("content-security-policy", NO_PAGE);
});

/** The headers of every answer: of handlers, of refusals, of what is not there, and of what broke. In this order. */
export const sealAnswers = [always, unlessSaid] as const;
