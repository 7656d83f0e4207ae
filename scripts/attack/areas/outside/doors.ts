import type { Route } from "#contract/route";
import { routes } from "#contract/routes";
import type { Area, Attempt } from "../../model/attempt.ts";
import { knockFor } from "../../stage/knock.ts";
import type { Stage } from "../../stage/stage.ts";

const AREA = "doors";
const CONTROL = `${AREA}:control-token`;
const ULID = "01hzzzzzzzzzzzzzzzzzzzzzzz";
const prefixes: Readonly<Record<string, string>> = {
  run: "run",
  child: "run",
  other: "run",
  approval: "apr",
  trigger: "trg",
  alert: "alt",
  delivery: "dlv",
  artifact: "art",
};

/** Ids in the right form that belong to nobody: another workspace's things must look the same. */
function fillPath(path: string): string {
  return path.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    if (name === "upload" || name === "key") return "0".repeat(64);
    return prefixes[name] === undefined ? "attack-of-nobody" : `${prefixes[name]}_${ULID}`;
  });
}

/** Whoever has no right to be let in. */
const strangers: readonly (readonly [id: string, who: string, headers: Readonly<Record<string, string>>])[] =
  [
    ["nobody", "without a token", {}],
    [
      "wrong",
      "with a token of its own making",
      { authorization: "Bearer flm_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" },
    ],
    ["run", "with a run token of its own making", { authorization: `Bearer wrt_run_${ULID}_AAAA` }],
    ["basic", "with a name and a password", { authorization: "Basic YWRtaW46YWRtaW4=" }],
  ];

const guarded = Object.values<Route>(routes).filter(({ access }) => access !== "public");
/** A push makes a worker of the name when there is none: it takes nobody's. */
const byId = guarded.filter(
  ({ id, access, path }) => access !== "run_token" && path.includes("{") && id !== "putWorkerBundle",
);

interface Door {
  attempt: Attempt;
  route: Route;
  headers: Readonly<Record<string, string>> | "own token";
}

const common = { area: AREA, kind: "outside", control: CONTROL } as const;

const doors: readonly Door[] = [
  ...guarded.flatMap((route) =>
    strangers.map(([id, who, headers]): Door => ({
      attempt: {
        ...common,
        id: `${AREA}:${route.id}-${id}`,
        wants: `${route.summary}, ${who}.`,
        refusals: ["401 unauthenticated"],
      },
      route,
      headers,
    })),
  ),
  ...byId.map((route): Door => ({
    attempt: {
      ...common,
      id: `${AREA}:${route.id}-elsewhere`,
      wants: `${route.summary}, of what is not one's own.`,
      refusals: ["404 not_found"],
    },
    route,
    headers: "own token",
  })),
];

/** Every route of the API, with no right and with things that are not one's own. */
export const doorsArea: Area<Stage> = {
  name: AREA,
  attempts: doors.map(({ attempt }) => attempt),
  controls: [{ id: CONTROL, works: ["200"] }],
  look: async (stage) => {
    const seen = new Map<string, string>();
    seen.set(CONTROL, await knockFor(stage.url, { path: "/api/workers", token: stage.token }));
    for (const { attempt, route, headers } of doors) {
      const isOwn = headers === "own token";
      const saw = await knockFor(stage.url, {
        method: route.method,
        path: fillPath(route.path),
        headers: { ...bodyHeaders(route), ...(isOwn ? {} : headers) },
        ...bodyOf(route),
        ...(isOwn ? { token: stage.token } : {}),
      });
      seen.set(attempt.id, saw);
    }
    return seen;
  },
};

function bodyHeaders({ body }: Route): Record<string, string> {
  if (body === undefined) return {};
  if (body.kind === "bytes") return { "content-type": body.media_types[0] ?? "application/octet-stream" };
  return { "content-type": body.kind === "json" ? "application/json" : "multipart/form-data; boundary=x" };
}

/** Good enough to come as far as the question whose the thing is. */
function bodyOf({ id, body }: Route): { body?: string } {
  if (body === undefined) return {};
  return { body: body.kind === "json" ? (bodies[id] ?? "{}") : "x" };
}

const manifest = JSON.stringify({ worker_yml: "x" });
const bodies: Readonly<Record<string, string>> = {
  updateWorker: manifest,
  replaceWorkerFiles: '{"files":[{"path":"worker.yml","content":"x"}]}',
  createAlert: '{"email_to":["a@example.com"]}',
  createTrigger: '{"type":"webhook"}',
  redeliverMany: '{"filter":{"verdict":"accepted"}}',
};
