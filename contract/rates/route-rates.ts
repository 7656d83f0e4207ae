import type { Route } from "../route.ts";
import type { RateName } from "./rates.ts";

/** Which rate a request meets besides that of its address: the first whose pattern fits `METHOD /path`. */
const byPattern: readonly (readonly [pattern: RegExp, rate: RateName])[] = [
  [
    /^\w+ \/api\/(?:auth\/(?:login|setup|magic-link|sign-in|sign-up|forget-password|reset-password)|cli-auth\/(?:devices|approve))\b/,
    "sign_in",
  ],
  [/^POST \/api\/(?:workspaces?\/)?(?:\{\w+\}\/)?(?:members|invitations|invites)(?:\/invite)?$/, "invite"],
  [/^GET \/api\/auth\/me$/, "who_am_i"],
  [/^(?:POST|PUT|PATCH|DELETE) \/api\/(?:auth\/)?(?:tokens|service-accounts|magic)\b/, "tokens"],
  [/^POST \/api\/workspaces\/\{workspace\}\/token$/, "tokens"],
  [/^POST \/api\/(?:workers\/from-bundle|workspace\/import|connections\/connect)$/, "heavy"],
  [/^POST \/api\/(?:workers|connections|event-subscriptions)$/, "create"],
  [/^\w+ \/api\/workspace\/export$/, "export"],
  [
    /^POST \/api\/(?:workers\/\{worker\}\/runs|runs\/\{run\}\/replay|workers\/\{worker\}\/runs\/\{run\}\/replay)$/,
    "run_start",
  ],
  [/^POST \/api\/chat$/, "chat"],
  [/^\w+ \/api\/runs\/\{run\}\/store\b/, "run_store"],
];

/** Which rate a route's requests meet. Pure. */
export function rateOf({ method, path, access }: Pick<Route, "method" | "path" | "access">): RateName {
  const asked = `${method} ${path}`;
  const found = byPattern.find(([pattern]) => pattern.test(asked));
  return found?.[1] ?? (access === "run_token" ? "runner" : "default");
}
