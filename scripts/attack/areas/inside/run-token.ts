import { routes } from "#contract/routes";
import type { Route } from "#contract/route";
import { buildInsideArea } from "../../stage/inside.ts";
import type { Group } from "../../stage/inside.ts";

/** Paths of the edge that are none of a sandbox's business, in spellings that a filter may not see through. */
const hiddenPaths: readonly (readonly [id: string, path: string])[] = [
  ["workers", "/api/workers"],
  ["runs", "/api/runs"],
  ["root", "/"],
  ["mcp", "/mcp"],
  ["hooks", "/hooks/trg_x"],
  ["webhooks", "/webhooks/x"],
  ["review", "/approvals/review"],
  ["public-approval", "/api/approvals/public/x"],
  ["openapi", "/api/openapi.json"],
  ["outbox", "/api/outbox"],
  ["stored-objects", "/cdn-cgi/local/r2/public/floom-files/x"],
  ["scheduled", "/cdn-cgi/handler/scheduled"],
  ["dots", "/api/runs/../workers"],
  ["dots-encoded", "/api/runs/%2e%2e/workers"],
  ["dots-half-encoded", "/api/runs/.%2e/workers"],
  ["dots-twice-encoded", "/api/runs/%252e%252e/workers"],
  ["slash-encoded", "/api/runs/..%2fworkers"],
  ["backslash", "/api/runs/..\\workers"],
  ["backslash-encoded", "/api/runs/..%5cworkers"],
  ["double-slash", "//api/workers"],
  ["inner-double-slash", "/api/runs//../workers"],
  ["semicolon", "/api/runs/..;/workers"],
  ["upper-case", "/API/WORKERS"],
  ["health-below", "/api/health/../workers"],
  ["health-longer", "/api/healthx"],
  ["dot", "/./api/workers"],
  ["tab", "/api/%09workers"],
  ["newline", "/api/runs/%0d%0aworkers"],
  ["nul", "/api/runs/%00/../../workers"],
  ["query", "/api/runs?/../workers"],
];

/** Headers by which a server may be told another address, another caller or another method than the request shows. */
const steeringHeaders: readonly (readonly [id: string, headers: Readonly<Record<string, string>>])[] = [
  ["mf-original-url", { "MF-Original-URL": "{edge}/api/workers" }],
  ["mf-original-url-objects", { "MF-Original-URL": "{edge}/cdn-cgi/local/r2/public/floom-files/x" }],
  ["mf-original-url-hooks", { "MF-Original-URL": "{edge}/webhooks/x" }],
  ["mf-route-override", { "MF-Route-Override": "explorer" }],
  ["mf-custom-service", { "MF-Custom-Service": "entry" }],
  ["mf-disable-pretty-error", { "MF-Disable-Pretty-Error": "true" }],
  ["mf-cf-blob", { "MF-CF-Blob": '{"country":"XX"}' }],
  ["x-original-url", { "X-Original-URL": "/api/workers" }],
  ["x-rewrite-url", { "X-Rewrite-URL": "/api/workers" }],
  ["x-forwarded-prefix", { "X-Forwarded-Prefix": "/api/workers" }],
  ["x-forwarded-host", { "X-Forwarded-Host": "evil.example" }],
  ["x-http-method-override", { "X-HTTP-Method-Override": "DELETE" }],
  ["cf-worker", { "CF-Worker": "evil.example" }],
  ["cf-ew-via", { "CF-EW-Via": "15" }],
  ["forwarded", { Forwarded: "for=127.0.0.1;host=evil.example" }],
];

const OTHER = "{other}";

/** Every route below /api/runs, with the run's token: its own record and another run's. */
function buildRouteRows(): Group["rows"] {
  const below = Object.values<Route>(routes).filter(({ path }) => path.startsWith("/api/runs/"));
  const fillPath = (path: string, run: string): string =>
    path
      .replace("{run}", run)
      .replace("{key}", "0".repeat(64))
      .replaceAll(/\{\w+\}/g, OTHER);
  return below.flatMap((route) => {
    const asOther = {
      id: `other-run-${route.id}`,
      wants: `${route.summary}, of another run.`,
      with: { method: route.method, path: fillPath(route.path, OTHER), other: OTHER },
      refusals: ["401*", "403", "404*"],
    };
    if (route.access === "run_token") return [asOther];
    const asOwn = {
      id: `own-run-${route.id}`,
      wants: `${route.summary}, by the token of the run's script.`,
      with: { method: route.method, path: fillPath(route.path, "{run}") },
      refusals: ["401*", "403"],
    };
    return [asOwn, asOther];
  });
}

const journal = "/api/runs/{run}/runner/journal";
const files = "/api/runs/{run}/runner/files";
/** Of a body that is x. */
const digest = "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881";
const bytes = { "Content-Type": "application/octet-stream" };
const lines = { "Content-Type": "application/x-ndjson" };

const groups: readonly Group[] = [
  {
    control: {
      id: "control-health",
      way: "ask",
      with: { method: "GET", path: "/api/health" },
      works: ["200"],
    },
    refusals: ["403", "404*", "400*", "401*"],
    rows: [
      ...hiddenPaths.map(([id, path]) => ({
        id: `path-${id}`,
        wants: `Reach ${path} of the edge.`,
        with: { method: "GET", path },
      })),
      ...hiddenPaths.map(([id, path]) => ({
        id: `tunnel-${id}`,
        wants: `Reach ${path} of the edge through a tunnel.`,
        way: "ask_by_tunnel",
        with: { path },
        refusals: ["403", "404", "400", "401"],
      })),
    ],
  },
  {
    control: { id: "control-steer", way: "steer", with: { headers: {} }, works: ["the health of the edge"] },
    refusals: ["the health of the edge", "403*", "400*"],
    rows: steeringHeaders.map(([id, headers]) => ({
      id: `header-${id}`,
      wants: `Be taken elsewhere in the edge by ${Object.keys(headers).join(", ")}.`,
      with: { headers },
    })),
  },
  {
    control: {
      id: "control-token",
      way: "ask",
      with: { method: "POST", path: `${journal}?attempt={attempt}&offset=0`, headers: lines },
      works: ["200"],
    },
    rows: [
      ...buildRouteRows(),
      {
        id: "no-token",
        wants: "Write the journal without a token.",
        with: {
          method: "POST",
          path: `${journal}?attempt={attempt}&offset=0`,
          headers: lines,
          token: "none",
        },
        refusals: ["401*"],
      },
      {
        id: "wrong-token",
        wants: "Write the journal with a made-up token.",
        with: {
          method: "POST",
          path: `${journal}?attempt={attempt}&offset=0`,
          headers: lines,
          token: "wrt_AAAA",
        },
        refusals: ["401*"],
      },
      {
        id: "later-attempt",
        wants: "Write the journal of an attempt that has not begun.",
        with: { method: "POST", path: `${journal}?attempt=99&offset=0`, headers: lines, body: "{}\n" },
        refusals: ["409 stale_attempt", "200"],
      },
      {
        id: "attempt-zero",
        wants: "Write the journal of no attempt.",
        with: { method: "POST", path: `${journal}?attempt=0&offset=0`, headers: lines },
        refusals: ["422*"],
      },
      {
        id: "offset-below",
        wants: "Write before the journal's beginning.",
        with: { method: "POST", path: `${journal}?attempt={attempt}&offset=-1`, headers: lines },
        refusals: ["422*"],
      },
      {
        id: "offset-no-number",
        wants: "Write at a place that is none.",
        with: { method: "POST", path: `${journal}?attempt={attempt}&offset=NaN`, headers: lines },
        refusals: ["422*"],
      },
      {
        id: "wrong-media",
        wants: "Have the journal taken as a page.",
        with: {
          method: "POST",
          path: `${journal}?attempt={attempt}&offset=0`,
          headers: { "Content-Type": "text/html" },
          body: "x",
        },
        refusals: ["415*"],
      },
      {
        id: "file-of-later-attempt",
        wants: "Leave a file for an attempt that has not begun.",
        with: {
          method: "PUT",
          path: `${files}?attempt=99&path=a&sha256=${digest}`,
          headers: bytes,
          body: "x",
        },
        refusals: ["409 stale_attempt"],
      },
      {
        id: "file-long-path",
        wants: "Leave a file under an endless path.",
        with: {
          method: "PUT",
          path: `${files}?attempt={attempt}&path=${"a".repeat(600)}&sha256=${digest}`,
          headers: bytes,
          body: "x",
        },
        refusals: ["422*"],
      },
      {
        id: "file-no-path",
        wants: "Leave a file under no path.",
        with: {
          method: "PUT",
          path: `${files}?attempt={attempt}&path=&sha256=${digest}`,
          headers: bytes,
          body: "x",
        },
        refusals: ["422*"],
      },
      {
        id: "key-traversal",
        wants: "Climb out of the kept dependencies.",
        with: { method: "GET", path: "/api/runs/{run}/runner/dependencies/..%2f..%2fx" },
        refusals: ["403", "404*"],
      },
      {
        id: "key-no-digest",
        wants: "Keep dependencies under a name of one's own.",
        with: { method: "PUT", path: "/api/runs/{run}/runner/dependencies/mine", headers: bytes, body: "x" },
        refusals: ["403", "404*"],
      },
      {
        id: "call-unlisted",
        wants: "Start a worker that is not listed.",
        with: {
          method: "POST",
          path: "/api/runs/{run}/calls",
          headers: { "Content-Type": "application/json" },
          body: '{"worker":"hello-worker","key":"a"}',
        },
        refusals: ["403 call_refused", "404*", "409*", "422 call_refused"],
      },
      {
        id: "call-path",
        wants: "Start a worker by a path.",
        with: {
          method: "POST",
          path: "/api/runs/{run}/calls",
          headers: { "Content-Type": "application/json" },
          body: '{"worker":"../x","key":"a"}',
        },
        refusals: ["422*"],
      },
      {
        id: "call-more",
        wants: "Say in a call who calls.",
        with: {
          method: "POST",
          path: "/api/runs/{run}/calls",
          headers: { "Content-Type": "application/json" },
          body: '{"worker":"hello-worker","key":"a","depth":-5}',
        },
        refusals: ["422*"],
      },
      {
        id: "many-files",
        wants: "Leave more files than a run may.",
        way: "use_up_uploads",
        with: { most: 700 },
        refusals: ["413*"],
        patience: 60,
      },
    ],
  },
];

export const runTokenArea = buildInsideArea({ name: "run-token", groups });
