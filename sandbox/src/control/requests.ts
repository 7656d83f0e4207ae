import { z } from "zod";
import { hideValues, readTransforms } from "../egress/header-rules.ts";
import type { HostHeaders } from "../egress/header-rules.ts";
import { buildEgressPolicy, EVERYTHING, isNetwork, isNetworkOfIpv4 } from "../egress/network-rules.ts";
import type { NetworkOptions } from "../host/sandbox-record.ts";
import type { NetworkChange, SandboxSpec } from "../host/sandbox-spec.ts";
import { ApiError, unsupported } from "./api-error.ts";

/** Longest time to live a client may ask for, in hours: what E2B gives its larger plans. */
const MAX_TIMEOUT_HOURS = 24;

const timeoutSchema = z
  .number()
  .int()
  .min(0)
  .max(MAX_TIMEOUT_HOURS * 3_600, `Timeout cannot be greater than ${MAX_TIMEOUT_HOURS} hours`);
const rulesSchema = z.array(z.string().max(255)).max(1000);
const textMapSchema = z.record(z.string().max(1024), z.string().max(128 * 1024));

const transformSchema = z.object({ headers: textMapSchema.exactOptional() });
/** Hosts, and rules of one host: far more than anybody needs. */
const hostRulesSchema = z
  .record(z.string().max(255), z.array(z.object({ transform: transformSchema.exactOptional() })).max(100))
  .refine((rules) => Object.keys(rules).length <= 1000, "names too many hosts");

const egressSchema = z.object({
  allowOut: rulesSchema.exactOptional(),
  denyOut: rulesSchema.exactOptional(),
  rules: hostRulesSchema.nullish(),
  egressProxy: z.unknown().optional(),
});

const networkSchema = egressSchema.extend({
  allowPublicTraffic: z.boolean().exactOptional(),
  maskRequestHost: z.string().exactOptional(),
  httpsPorts: z.array(z.number().int()).exactOptional(),
});

const networkUpdateSchema = egressSchema.extend({ allow_internet_access: z.boolean().nullish() });

const createSchema = z.object({
  templateID: z.string().regex(/^[a-zA-Z0-9][a-zA-Z0-9._:/-]{0,127}$/),
  timeout: timeoutSchema.optional(),
  metadata: textMapSchema.nullish(),
  envVars: textMapSchema.nullish(),
  allow_internet_access: z.boolean().nullish(),
  network: networkSchema.nullish(),
  autoPause: z.boolean().nullish(),
  autoPauseMemory: z.boolean().nullish(),
  autoResume: z.object({ enabled: z.boolean() }).nullish(),
  mcp: z.unknown().optional(),
  iam: z.unknown().optional(),
  volumeMounts: z.array(z.unknown()).nullish(),
});

const timeoutBodySchema = z.object({ timeout: timeoutSchema });
const connectSchema = z.object({ timeout: timeoutSchema.optional(), memory: z.boolean().nullish() });
const refreshSchema = z.object({ duration: timeoutSchema.optional() });
const pauseSchema = z.object({ memory: z.boolean().nullish() });

/** `body` as the schema wants it. Throws ApiError, which names the member that does not fit. */
export function parseWith<T>(schema: z.ZodType<T>, body: unknown): T {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new ApiError(400, `${issue?.path.join(".") || "body"}: ${issue?.message ?? "invalid"}`);
}

interface ParsedNetwork {
  network: NetworkOptions;
  headers: HostHeaders;
}

function toNetworkOptions(asked: z.infer<typeof networkSchema>): ParsedNetwork {
  const { egressProxy, rules, ...plain } = asked;
  if (egressProxy !== undefined && egressProxy !== null) throw unsupported("an egress proxy of your own");
  checkRules(plain);
  if (rules === undefined || rules === null) return { network: plain, headers: {} };
  const headers = orRefuse(() => readTransforms(rules));
  return { network: { ...plain, rules: hideValues(headers) }, headers };
}

function orRefuse<Result>(read: () => Result): Result {
  try {
    return read();
  } catch (error) {
    throw new ApiError(400, error instanceof Error ? error.message : "invalid network rules");
  }
}

/** E2B's own refusals, in its words: a worker whose rules are wrong in the cloud must not run here. */
function checkRules(options: NetworkOptions): void {
  const { allowOut = [], denyOut = [] } = options;
  const name = denyOut.find((rule) => !isNetworkOfIpv4(rule));
  if (name !== undefined) throw new ApiError(400, `invalid denied CIDR ${name}`);
  if (allowOut.some((rule) => !isNetwork(rule)) && !denyOut.includes(EVERYTHING)) {
    throw new ApiError(
      400,
      "When specifying allowed domains in allow out, you must include 'ALL_TRAFFIC' in deny out to block all other traffic.",
    );
  }
  orRefuse(() => buildEgressPolicy({ allowInternetAccess: true, allowOut, denyOut }));
}

function refuseCloudFeatures(body: z.infer<typeof createSchema>): void {
  const isGiven = (value: unknown): boolean => value !== undefined && value !== null;
  if (isGiven(body.mcp)) throw unsupported("the MCP gateway");
  if (isGiven(body.iam)) throw unsupported("workload identity");
  if ((body.volumeMounts ?? []).length > 0) throw unsupported("mounting volumes");
}

/** Reads the body of a create. `defaultTimeoutSeconds` differs between the versions of the API. Throws ApiError. */
export function parseCreate(raw: unknown, defaultTimeoutSeconds: number): SandboxSpec {
  const body = parseWith(createSchema, raw);
  refuseCloudFeatures(body);
  if (body.timeout === 0) throw new ApiError(400, "Timeout must be greater than 0");
  const { network, headers } = body.network ? toNetworkOptions(body.network) : { network: null, headers: {} };
  return {
    templateId: body.templateID,
    layers: [],
    timeoutMs: (body.timeout ?? defaultTimeoutSeconds) * 1000,
    metadata: body.metadata ?? {},
    envs: body.envVars ?? {},
    allowInternetAccess: body.allow_internet_access ?? true,
    network,
    headers,
    pauseOnTimeout: body.autoPause ?? false,
    pauseKeepsMemory: body.autoPauseMemory ?? true,
    autoResume: body.autoResume?.enabled ?? false,
  };
}

/** Reads a new set of egress rules; what is omitted is cleared. Throws ApiError. */
export function parseNetworkUpdate(raw: unknown): NetworkChange {
  const { allow_internet_access: allowed, ...network } = parseWith(networkUpdateSchema, raw);
  return { ...toNetworkOptions(network), allowInternetAccess: allowed ?? true };
}

/** Reads `{timeout}`; milliseconds. */
export function parseTimeout(raw: unknown): number {
  return parseWith(timeoutBodySchema, raw).timeout * 1000;
}

/** Reads the body of a connect or resume: the new time to live in milliseconds, if one was named. */
export function parseConnect(raw: unknown): number | undefined {
  const body = parseWith(connectSchema, raw ?? {});
  if (body.memory === false) throw unsupported("rebooting a paused sandbox");
  return body.timeout === undefined ? undefined : body.timeout * 1000;
}

/** Reads the body of a refresh; milliseconds. */
export function parseRefresh(raw: unknown, defaultSeconds: number): number {
  return (parseWith(refreshSchema, raw ?? {}).duration ?? defaultSeconds) * 1000;
}

/** Reads the body of a pause: whether memory is kept, which it is unless the body says otherwise. */
export function parsePause(raw: unknown): boolean {
  return parseWith(pauseSchema, raw ?? {}).memory ?? true;
}
