import { callRoutes } from "#contract/calls/routes";
import { limits } from "#contract/limits";
import { runnerRoutes } from "#contract/runner/routes";
import { scriptModelRoutes } from "#contract/script-models/routes";
import { scriptToolRoutes } from "#contract/script-tools/routes";
import { runStoreRoutes } from "#contract/store/routes";

interface Way {
  method: string;
  path: RegExp;
}

/** Every spelling of a path part that some reader could take for a step up or a further part. */
const ambiguousPath = /%2f|%5c|%2e|\\|\/\//i;

/** The routes of the edge that take a run's own token, and its health: all that a sandbox may ask of it. */
const ways: readonly Way[] = [
  ...Object.values({
    ...runnerRoutes,
    ...callRoutes,
    ...scriptToolRoutes,
    ...scriptModelRoutes,
    ...runStoreRoutes,
  })
    .filter(({ access }) => access === "run_token")
    .map(({ method, path }) => ({ method, path: toPattern(path) })),
  { method: "GET", path: /^\/api\/health$/ },
];

function toPattern(template: string): RegExp {
  return new RegExp(`^${template.replaceAll(/\{[a-z_]+\}/g, "[^/]+")}$`);
}

/**
 * Whether a plain request is one of those a sandbox may always send to Floom's own edge, at exactly the configured
 * origin. `url` is already normalised, so dot segments are resolved.
 */
export function isEdgeRequest(method: string, url: URL, edgeOrigin: string): boolean {
  if (url.origin !== edgeOrigin || url.username !== "" || url.password !== "") return false;
  if (ambiguousPath.test(url.pathname)) return false;
  return ways.some((way) => way.method === method && way.path.test(url.pathname));
}

/** The headers that mean something on those routes. No other goes to the edge: what stands before it may obey some. */
const forTheEdge: ReadonlySet<string> = new Set([
  "accept",
  "accept-encoding",
  "authorization",
  "content-encoding",
  "content-type",
  "idempotency-key",
  "user-agent",
  "x-request-id",
  "x-workeros-run-token",
]);

/** Whether a header of a sandbox's request goes on to the edge. */
export function passesToEdge(name: string): boolean {
  return forTheEdge.has(name);
}

/** The most the edge takes on any of these routes. */
export const maxEdgeBodyBytes = limits.artifact_bytes.value;
