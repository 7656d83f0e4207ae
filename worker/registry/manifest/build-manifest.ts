import type { Json } from "#contract/json";
import { limits } from "#contract/limits";
import type { Field, Manifest, ManifestTrigger } from "#contract/manifest/manifest";
import type { AuthoredExec, AuthoredField, AuthoredTrigger } from "#contract/manifest/exec-keys";
import { escalationRuleSchema } from "#contract/gate/escalation-rule";
import type { StoredPipeline } from "#contract/pipelines/stage";
import type { HttpWorker } from "#contract/manifest/http-tool";
import type { AuthoredManifest } from "#contract/manifest/keys";
import { storedValuesSchema } from "../../platform/objects/stored-document.ts";
import { readDuration, readTier } from "#contract/manifest/trust-keys";
import { convertDefault, saysNothing } from "../check-inputs.ts";
import { extensionOf, mediaTypeOf } from "../media-types.ts";
import { trimPath } from "./yaml-node.ts";
import { planExec } from "./plan-exec.ts";
import { isReservedSecret } from "../declared.ts";
import { buildQuery, secretsOfQuery } from "../query/build-query.ts";
import { actionsOfQuery } from "../query/query-actions.ts";
import type { StoredQuery } from "#contract/queries/query";
import { buildCouncil, workersOfCouncil } from "../council/build-council.ts";
import { buildPipeline } from "../pipeline/build-pipeline.ts";
import { actionsOfTools, buildHttp, secretsOfTools } from "../http/build-http.ts";

/** What holds when the author says nothing. */
const defaults = {
  is_example: false,
  system_worker: false,
  archived: false,
  paused: false,
  tags: [],
  targets: ["generic"],
  calls: [],
};

/** Fills in every default, so that what is stored with a version says all and nobody has to know the rules again. */
export function buildManifest(authored: AuthoredManifest, paths: ReadonlySet<string> | undefined): Manifest {
  const {
    trigger,
    triggers,
    exposes: _tools,
    http_bridge: _requests,
    variables: _values,
    stages: _stages,
    returns: _returns,
    plan: _plan,
    query: _query,
    council: _members,
    ...rest
  } = authored;
  const http = buildHttp(authored);
  const pipeline = buildPipeline(authored);
  const query = buildQuery(authored);
  const all = triggers ?? (trigger === undefined ? [] : [trigger]);
  return withoutUndefined({
    ...defaults,
    ...withoutUndefined(rest),
    description: authored.description ?? authored.title,
    authors: (authored.authors ?? []).map(withoutUndefined),
    limits: buildLimits(withTime(authored)),
    exec: withSecrets(buildExec(withMappedColumns(authored), paths), [
      ...secretsOfTools(http?.tools ?? []),
      ...secretsOfQuery(query),
    ]),
    http: http ?? undefined,
    pipeline: pipeline ?? undefined,
    query: query ?? undefined,
    council: buildCouncil(authored) ?? undefined,
    calls: callsOf(authored, pipeline),
    deploy: authored.deploy && withoutUndefined(authored.deploy),
    memory: typeof authored.memory === "object" ? withoutUndefined(authored.memory) : authored.memory,
    actions: buildActions(authored, { http, query }),
    escalation_rules: authored.escalation_rules?.map((rule) => escalationRuleSchema.parse(rule)),
    runtime: buildTrust(authored.runtime),
    triggers: all.length === 0 ? [{ type: "manual" as const }] : all.map(buildTrigger),
    connections: buildConnections(authored),
    contexts: withSource((authored.contexts ?? []).map(buildContext), query),
    approvals: { required: false, label: "Approve action", ...withoutUndefined(authored.approvals ?? {}) },
    capabilities: buildCapabilities(authored.capabilities),
    retry: buildRetry(authored.retry),
    notify: buildNotify(authored.notify),
    concurrency: buildConcurrency(authored.concurrency),
  });
}

/** The workers of its stages are what a pipeline calls, and a council its members and those who write of them. */
function callsOf({ calls = [], council }: AuthoredManifest, pipeline: StoredPipeline | null): string[] {
  const { stages = [], plan } = pipeline ?? {};
  const staged = [...stages.map(({ worker }) => worker), ...(plan?.workers ?? [])];
  return [...new Set([...calls, ...staged, ...workersOfCouncil(council)])];
}

/** What stands in a request is declared by it: a secret is named once. */
function withSecrets(exec: Manifest["exec"], names: readonly string[]): Manifest["exec"] {
  return { ...exec, secrets: [...new Set([...exec.secrets, ...names])] };
}

/** What a worker can be asked for by name, where its own words say it and no code. */
function buildActions(
  authored: AuthoredManifest,
  { http, query }: { http: HttpWorker | null; query: StoredQuery | null },
): Manifest["actions"] {
  if (query !== null) return actionsOfQuery(authored, query);
  return http !== null && authored.exec.mode === "http" ? actionsOfTools(authored, http) : undefined;
}

/** The context that a query asks is mounted without being named twice. */
function withSource(contexts: Manifest["contexts"], query: StoredQuery | null): Manifest["contexts"] {
  if (query?.source.kind !== "context") return contexts;
  const { context: name, path } = query.source;
  if (contexts.some((one) => one["name"] === name)) return contexts;
  return [...contexts, { ...buildContext(name), paths: [path] }];
}

/** The time that a run may take, in whichever of the two places it stands: the rules let it stand in one. */
function withTime({ limits: bounds, runtime }: AuthoredManifest): AuthoredManifest["limits"] {
  const time = runtime?.max_execution_time;
  return time === undefined ? bounds : { timeout_seconds: readDuration(time), ...bounds };
}

function buildTrust(runtime: AuthoredManifest["runtime"]): Manifest["runtime"] {
  if (runtime?.trust_tier === undefined && runtime?.tainted_trust_tier === undefined) return undefined;
  const { trust_tier: tier = 2, tainted_trust_tier: tainted } = runtime;
  return withoutUndefined({
    trust_tier: readTier(tier),
    tainted_trust_tier: tainted === undefined ? undefined : readTier(tainted),
  });
}

function buildRetry(retry: AuthoredManifest["retry"]): Manifest["retry"] {
  if (!retry) return undefined;
  const { on = ["all"], ...own } = retry;
  const common = { max_attempts: 3, delay_seconds: 60, ...withoutUndefined(own) };
  if (Array.isArray(on)) return { ...common, on };
  const rules = Object.entries(on).map(
    ([code, rule]) => [code, { ...common, ...withoutUndefined(rule) }] as const,
  );
  return { ...common, on: Object.keys(on), rules: Object.fromEntries(rules) };
}

function buildNotify(notify: AuthoredManifest["notify"]): Manifest["notify"] {
  return notify && { on: ["failed"], ...withoutUndefined(notify) };
}

function buildConcurrency(concurrency: AuthoredManifest["concurrency"]): Manifest["concurrency"] {
  return (
    concurrency &&
    withoutUndefined({
      limit: concurrency.limit,
      key: concurrency.key?.replace(/^inputs\./, ""),
      on_conflict: concurrency.on_conflict ?? "queue",
      ttl_seconds: concurrency.ttl_seconds,
    })
  );
}

type Defined<T> = { [K in keyof T]: Exclude<T[K], undefined> };

/** An object without the members that are undefined: a stored document has a key or has it not. */
function withoutUndefined<T extends object>(value: T): Defined<T> {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as Defined<T>;
}

function buildLimits(bounds: AuthoredManifest["limits"]): Manifest["limits"] {
  return withoutUndefined({
    ...bounds,
    timeout_seconds: bounds?.timeout_seconds ?? limits.run_timeout_default_seconds.value,
    max_tool_iterations: bounds?.max_tool_iterations ?? 12,
    max_output_tokens: bounds?.max_output_tokens ?? 1_000_000,
    max_total_tokens: bounds?.max_total_tokens ?? 1_000_000,
  });
}

/** What the column mapper is to ask for holds for every table that it is shown for. */
function withMappedColumns({ exec, csv_required_columns: columns = [] }: AuthoredManifest): AuthoredExec {
  if (columns.length === 0) return exec;
  const inputs = (exec.inputs ?? []).map((field) => (field.accept_csv ? { columns, ...field } : field));
  return { ...exec, inputs };
}

function buildExec(exec: AuthoredExec, paths: ReadonlySet<string> | undefined): Manifest["exec"] {
  const plan = planExec(
    {
      entry: exec.entry === undefined ? undefined : trimPath(exec.entry),
      mode: exec.mode,
      command: exec.command,
      runtime: exec.runtime,
    },
    paths,
  );
  return withoutUndefined({
    ...plan,
    runner: exec.runner ?? "e2b",
    template_profile: exec.template_profile,
    disable_tools: exec.disable_tools ?? [],
    ...buildFields(exec),
    secrets: [...new Set(exec.secrets ?? [])].filter((name) => !isReservedSecret(name)),
    resources: exec.resources && withoutUndefined(exec.resources),
    reuse: exec.reuse,
  });
}

/** Inputs and outputs with all that their author leaves to Floom. */
export function buildFields({
  inputs = [],
  outputs = [],
}: AuthoredExec): Pick<Manifest["exec"], "inputs" | "outputs"> {
  return {
    inputs: inputs.map((field) => buildField(field, "inputs")),
    outputs: outputs.map((field) => buildField(field, "out")),
  };
}

/** `folder` is where a file stands when the author does not say: inputs/<name>.<ext>, out/<name>.<ext>. */
function buildField(field: AuthoredField, folder: string): Field {
  const { enum: choices, ...rest } = field;
  const common = {
    ...rest,
    label: field.label ?? titleCase(field.name),
    required: field.required ?? false,
    options: field.options ?? choices,
    bounds: field.bounds && withoutUndefined(field.bounds),
  };
  if (field.kind !== "file") return buildScalar({ ...common, type: field.type ?? "select" });

  const mediaType = field.media_type ?? mediaTypeOfField(field);
  return withoutUndefined({
    ...common,
    kind: "file" as const,
    type: "file",
    media_type: mediaType,
    path: field.path ?? `${folder}/${field.name}${endingOf(mediaType, folder)}`,
  });
}

function buildScalar(field: Omit<Field, "kind">): Field {
  const { default: written } = field;
  return withoutUndefined({
    ...field,
    kind: "scalar" as const,
    default:
      written === undefined || saysNothing(field, written) ? undefined : convertDefault(field, written),
  });
}

function mediaTypeOfField(field: AuthoredField): string {
  const accepted =
    field.accepts?.find((rule) => rule.includes("/") && !rule.includes("*")) ?? field.accepts?.[0];
  const fromAccepts =
    accepted === undefined ? undefined : accepted.includes("/") ? accepted : mediaTypeOf(`x${accepted}`);
  const fromPath = field.path === undefined ? undefined : mediaTypeOf(field.path);
  return fromAccepts ?? fromPath ?? (field.accept_csv ? "text/csv" : "application/octet-stream");
}

function endingOf(mediaType: string, folder: string): string {
  const extension = extensionOf(mediaType);
  if (extension !== undefined) return `.${extension}`;
  return folder === "out" ? ".bin" : "";
}

function titleCase(name: string): string {
  return name
    .split("_")
    .filter((word) => word !== "")
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join(" ");
}

function buildTrigger(trigger: AuthoredTrigger): ManifestTrigger {
  const type = trigger.type ?? "manual";
  return withoutUndefined({
    type,
    name: trigger.name,
    cron: trigger.cron?.trim(),
    timezone: trigger.timezone ?? (type === "schedule" ? "UTC" : undefined),
    missed: type === "schedule" ? (trigger.missed ?? "once") : undefined,
    action: trigger.action,
    inputs: trigger.inputs,
    webhook:
      type === "webhook"
        ? { secret: true, ...withoutUndefined({ allowed_methods: ["POST"], ...trigger.webhook }) }
        : undefined,
    composio: trigger.composio && { ...trigger.composio, filters: trigger.composio.filters ?? {} },
  });
}

/** Those that only capabilities name belong to the worker too; one that both name is what the top says of it. */
function buildConnections(authored: AuthoredManifest): Manifest["connections"] {
  const declared = (authored.connections ?? []).map(buildConnection);
  const nameOf = (connection: Record<string, Json>) => JSON.stringify(connection["app"] ?? connection);
  const names = declared.map(nameOf);
  const further = (authored.capabilities?.connections ?? []).map(buildConnection);
  return [...declared, ...further.filter((connection) => !names.includes(nameOf(connection)))];
}

/** A bare app name gives the read-only tools of that app; written out, it gives all unless it says otherwise. */
function buildConnection(
  written: NonNullable<AuthoredManifest["connections"]>[number],
): Record<string, Json> {
  if (typeof written === "string") return { app: written.toLowerCase(), scope: "read_only" };
  const connection = storedValuesSchema.parse(written);
  if (connection["mcp"] !== undefined) return connection;
  const { app, composio, scopes, ...rest } = connection;
  const nested =
    typeof composio === "object" && composio !== null && !Array.isArray(composio) ? composio : {};
  const name = app ?? nested["app"] ?? composio ?? "";
  const tools = rest["allowed_tools"] ?? nested["allowed_tools"];
  return {
    ...nested,
    ...rest,
    app: typeof name === "string" ? name.toLowerCase() : name,
    scope: rest["scope"] ?? scopes ?? nested["scope"] ?? "full",
    ...(Array.isArray(tools)
      ? { allowed_tools: tools.map((tool) => (typeof tool === "string" ? tool.toUpperCase() : tool)) }
      : {}),
  };
}

function buildContext(context: NonNullable<AuthoredManifest["contexts"]>[number]): Record<string, Json> {
  if (typeof context === "string") return { name: context, writeable: false, source: "local" };
  return withoutUndefined({
    ...context,
    writeable: context.writeable ?? false,
    source: context.source ?? "local",
  });
}

function buildCapabilities(declared: AuthoredManifest["capabilities"]): Manifest["capabilities"] {
  return {
    secrets: declared?.secrets ?? [],
    files: declared?.files ?? [],
    network: {
      egress: declared?.network?.egress ?? false,
      allow_out: declared?.network?.allow_out ?? [],
      deny_out: declared?.network?.deny_out ?? [],
    },
  };
}
