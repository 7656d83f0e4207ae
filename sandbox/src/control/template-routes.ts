import { z } from "zod";
import type { SandboxSize } from "../isolation/limits.ts";
import { buildOrderSchema, UnbuildableTemplate } from "../templates/plan-build.ts";
import { BASE_TEMPLATE } from "../templates/templates.ts";
import type { TemplateBuild } from "../templates/template-build.ts";
import { ApiError, unsupported } from "./api-error.ts";
import { parseWith } from "./requests.ts";
import type { Answer, Call, Route } from "./route.ts";

const NAME = /^[a-z0-9][a-z0-9_-]{0,127}(?::[a-zA-Z0-9][a-zA-Z0-9._-]{0,127})?$/;

const requestSchema = z.object({
  name: z.string().regex(NAME, "a name has small letters, digits, - and _, and perhaps a tag after a colon"),
  tags: z
    .array(z.string().regex(/^[a-zA-Z0-9][a-zA-Z0-9._-]{0,127}$/))
    .max(20)
    .nullish(),
  cpuCount: z.int().min(1).max(64).nullish(),
  memoryMB: z.int().min(128).max(65_536).nullish(),
});

async function request(call: Call): Promise<Answer> {
  const { name, tags, cpuCount, memoryMB } = parseWith(requestSchema, await call.body());
  if (name.split(":")[0] === BASE_TEMPLATE)
    throw new ApiError(403, `'${BASE_TEMPLATE}' is not yours to build`);
  const size: SandboxSize = {
    ...(typeof cpuCount === "number" ? { cpu_count: cpuCount } : {}),
    ...(typeof memoryMB === "number" ? { memory_mb: memoryMB } : {}),
  };
  const build = judged(() =>
    call.deps.templates.request(name, tags ?? [], Object.keys(size).length > 0 ? size : undefined),
  );
  const { template_id: templateID, build_id: buildID } = build;
  const body = {
    templateID,
    buildID,
    public: false,
    names: [build.name],
    tags: build.tags,
    aliases: [build.name],
  };
  return { status: 202, body };
}

function buildOf(call: Call): TemplateBuild {
  const build = call.deps.templates.store.find(call.id, call.part);
  if (build === undefined) throw new ApiError(404, `template ${call.id} has no build ${call.part}`);
  return build;
}

async function begin(call: Call): Promise<Answer> {
  const order = parseWith(buildOrderSchema, await call.body());
  const build = buildOf(call);
  if (build.status !== "waiting") throw new ApiError(409, `build ${build.build_id} was begun before`);
  judged(() => call.deps.templates.begin(build, order));
  return { status: 202 };
}

/** What `act` gives. What no local template can be is the client's mistake. */
function judged<Made>(act: () => Made): Made {
  try {
    return act();
  } catch (error) {
    if (!(error instanceof UnbuildableTemplate)) throw error;
    throw new ApiError(400, error.step === 0 ? error.message : `step ${error.step}: ${error.message}`);
  }
}

function readStatus(call: Call): Answer {
  const build = buildOf(call);
  const offset = Number(call.params.get("logsOffset") ?? "0");
  const body = {
    templateID: build.template_id,
    buildID: build.build_id,
    status: build.status,
    logs: [],
    logEntries: build.log.slice(Number.isSafeInteger(offset) ? Math.max(0, offset) : 0),
    ...(build.reason === null ? {} : { reason: { ...build.reason, logEntries: [] } }),
  };
  return { status: 200, body };
}

function findAlias(call: Call): Answer {
  const [build] = call.deps.templates.store.listOf(call.id);
  const templateID = call.id === BASE_TEMPLATE ? BASE_TEMPLATE : build?.template_id;
  if (templateID === undefined) throw new ApiError(404, `template '${call.id}' not found`);
  return { status: 200, body: { templateID, public: call.id === BASE_TEMPLATE } };
}

function list(call: Call): Answer {
  const byTemplate = Map.groupBy(call.deps.templates.store.list(), (build) => build.template_id);
  const body = [...byTemplate.values()].flatMap((builds) => {
    const newest = builds.toSorted((a, b) => b.created_at_ms - a.created_at_ms)[0];
    if (newest === undefined) return [];
    const { template_id: templateID, build_id: buildID, name, status } = newest;
    const createdAt = new Date(newest.created_at_ms).toISOString();
    return [
      {
        templateID,
        buildID,
        names: [name],
        aliases: [name],
        public: false,
        buildStatus: status,
        createdAt,
        buildCount: builds.length,
      },
    ];
  });
  return { status: 200, body };
}

function remove(call: Call): Answer {
  if (!call.deps.templates.remove(call.id)) throw new ApiError(404, `template '${call.id}' not found`);
  return { status: 204 };
}

const id = "(?<id>[a-z0-9][a-z0-9_-]{0,127})";
const ofBuild = (tail: string, version = ""): RegExp =>
  new RegExp(`^${version}/templates/${id}/builds/(?<part>[0-9a-f-]{36})${tail}$`);

/** E2B's way to build templates, as far as a local server has it: from `base`, by commands. */
export const templateRoutes: readonly Route[] = [
  { method: "POST", path: /^\/v3\/templates$/, handle: request },
  { method: "POST", path: ofBuild("", "/v2"), handle: begin },
  { method: "GET", path: ofBuild("/status"), handle: readStatus },
  { method: "GET", path: new RegExp(`^/templates/aliases/${id}$`), handle: findAlias },
  { method: "GET", path: /^(?:\/v2)?\/templates$/, handle: list },
  { method: "DELETE", path: new RegExp(`^/templates/${id}$`), handle: remove },
  {
    method: "GET",
    path: new RegExp(`^/templates/${id}/files/[0-9a-f]+$`),
    handle: () => {
      throw unsupported("copying files into a template");
    },
  },
];
