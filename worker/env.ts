import * as z from "zod";
import { modelKeyNames } from "#contract/agents/model-keys";
import { parseRates } from "#contract/rates/rates";
import { sandboxRates } from "#contract/spend/run-cost";
import { isLocalOrigin } from "./platform/network/is-local-origin.ts";
import { isLoopbackHost } from "./platform/network/ip-address.ts";
import { listDefaultKeys } from "./platform/secrets/default-keys.ts";
import { parseMasterKeys } from "./platform/secrets/master-keys.ts";
import { parseSigningKeys, SIGNING_KEY_CHARACTERS } from "./platform/signing-keys.ts";

/**
 * The bindings and variables of this script. Variables and bindings come from wrangler.toml; the secrets below are set
 * with `wrangler secret put` (or by the local start) and are not in the generated type.
 */
export type EdgeEnv = Env & {
  E2B_API_KEY?: string;
  FLOOM_SANDBOX_EDGE_URL?: string;
  /** The model of agents where neither worker.yml nor the workspace names one; `scripted`: none is asked. */
  FLOOM_MODEL?: string;
  ANTHROPIC_API_KEY?: string;
  OPENAI_API_KEY?: string;
  OPENAI_BASE_URL?: string;
  GOOGLE_GENERATIVE_AI_API_KEY?: string;
  WORKERS_AI_ACCOUNT_ID?: string;
  WORKERS_AI_API_TOKEN?: string;
  /** By which agents search the web where their workspace has no key of its own, and where that is. */
  SERPER_API_KEY?: string;
  SERPER_API_URL?: string;
  FLOOM_SIGNING_KEY?: string;
  FLOOM_OWNER_TOKEN?: string;
  FLOOM_MASTER_KEYS?: string;
  FLOOM_MAIL_URL?: string;
  FLOOM_MAIL_TOKEN?: string;
  FLOOM_MAIL_FROM?: string;
  FLOOM_ALERTS_LOOPBACK?: string;
  /** Bound on a machine of one's own, where the platform does not keep requests out of private networks. */
  PUBLIC_NETWORK?: Fetcher;
  FLOOM_SIGN_UP?: string;
  /** The first Floom's names of what may be spent where a workspace has set nothing. */
  WORKEROS_DEFAULT_DAILY_SPEND_CAP_USD?: string;
  WORKEROS_DEFAULT_MONTHLY_SPEND_CAP_USD?: string;
  WORKEROS_DEFAULT_USER_DAILY_SPEND_CAP_USD?: string;
  WORKEROS_DEFAULT_USER_MONTHLY_SPEND_CAP_USD?: string;
  GITHUB_CLIENT_ID?: string;
  GITHUB_CLIENT_SECRET?: string;
  GOOGLE_CLIENT_ID?: string;
  GOOGLE_CLIENT_SECRET?: string;
  /** This server's key at Composio, and where that is; the stand-in of the tests, or Composio itself. */
  COMPOSIO_API_KEY?: string;
  COMPOSIO_API_URL?: string;
  /** By which Composio signs the events of apps. */
  COMPOSIO_WEBHOOK_SIGNING_KEY?: string;
  FLOOM_TURNSTILE_SITE_KEY?: string;
  FLOOM_TURNSTILE_SECRET?: string;
};

/** An origin without a path; a slash at its end is forgiven. */
const publicUrlSchema = z.string().transform((text, context) => {
  if (text === "") return "";
  const url = URL.parse(text);
  if (url && /^https?:$/.test(url.protocol) && `${url.origin}/` === url.href) return url.origin;
  context.addIssue({
    code: "custom",
    message: "FLOOM_PUBLIC_URL must be an origin such as https://floom.example.com",
  });
  return z.NEVER;
});

/** The keys that wrap all secrets; null where there is none, and then none can be kept. */
const masterKeysSchema = z.string().transform((text, context) => {
  try {
    return parseMasterKeys(text);
  } catch (error) {
    const message = `FLOOM_MASTER_KEYS: ${error instanceof Error ? error.message : "cannot be read"}`;
    context.addIssue({ code: "custom", message, input: "" });
    return z.NEVER;
  }
});

/** How often anybody may ask for anything. */
const ratesSchema = z
  .object({ text: z.string(), isOwnMachine: z.boolean() })
  .transform(({ text, isOwnMachine }, context) => {
    try {
      return parseRates(text, { isOwnMachine });
    } catch (error) {
      const message = `FLOOM_RATE_LIMITS: ${error instanceof Error ? error.message : "cannot be read"}`;
      context.addIssue({ code: "custom", message });
      return z.NEVER;
    }
  });

/** Whether nobody but this machine's own people reach an edge: it runs there, and no other address leads to it. */
function isOwnMachine({ FLOOM_ENVIRONMENT: environment, FLOOM_PUBLIC_URL: publicUrl }: EdgeEnv): boolean {
  const url = URL.parse(publicUrl ?? "");
  return environment !== "production" && (url === null || isLoopbackHost(url.hostname));
}

/** One provider's keys; null where one of them is missing. */
const socialKeysSchema = z
  .object({ clientId: z.string(), clientSecret: z.string() })
  .transform((keys) => (keys.clientId === "" || keys.clientSecret === "" ? null : keys));

/** Keys of the widget that tells people from programs; null where one of them is missing. */
const turnstileSchema = z
  .object({ siteKey: z.string(), secret: z.string() })
  .transform((keys) => (keys.siteKey === "" || keys.secret === "" ? null : keys));

/** Dollars a second of something. */
const priceSchema = z.coerce.number().min(0);

/** Dollars; empty for no cap. */
const capSchema = z
  .string()
  .transform((text) => (text === "" ? null : Number(text)))
  .pipe(z.number().min(0).nullable());

const configSchema = z.object({
  environment: z.enum(["production", "local", "test"]),
  /** The origin at which this edge is reached from outside; without one no run is started. */
  publicUrl: publicUrlSchema,
  e2bApiKey: z.string(),
  e2bApiUrl: z.string(),
  e2bSandboxUrl: z.string(),
  /** The edge's origin as sandboxes reach it by a way of their own, which local ones have. */
  sandboxEdgeUrl: z.string(),
  signingKey: z
    .string()
    .min(
      SIGNING_KEY_CHARACTERS,
      `FLOOM_SIGNING_KEY must be set to at least ${SIGNING_KEY_CHARACTERS} characters`,
    ),
  /** Those before it: what they signed is still believed. */
  earlierSigningKeys: z.array(z.string()),
  ownerToken: z.string(),
  /** Whether the owner is at this very machine, so that their token stands for a person. */
  ownerIsLocal: z.boolean(),
  masterKeys: masterKeysSchema,
  /** What the sandbox provider's plan allows, and how much of it one workspace may take. */
  sandboxLimits: z.object({
    creates_per_second: z.coerce.number().positive(),
    live: z.coerce.number().int().positive(),
    workspace_live: z.coerce.number().int().positive(),
    /** How long a sandbox may be asked to live. */
    life_seconds: z.coerce.number().int().positive(),
  }),
  mailUrl: z.string(),
  mailToken: z.string(),
  mailFrom: z.string(),
  rates: ratesSchema,
  /** Alerts may be posted to this machine: only where Floom runs locally, and only when asked for. */
  allowLoopbackAlerts: z.boolean(),
  /** Whether anybody may have an account, or who was invited; runs cost the owner money, so it is the latter unless said. */
  signUp: z.enum(["open", "invited"]),
  /** What a sandbox costs, in dollars: as E2B's cloud asks, and nothing from another server, unless it is said. */
  prices: z.object({ usd_per_vcpu_second: priceSchema, usd_per_gib_second: priceSchema }),
  /** What may be spent where a workspace has set nothing, in dollars. */
  spendCaps: z.object({ daily: capSchema, monthly: capSchema, userDaily: capSchema, userMonthly: capSchema }),
  /** Where people may sign in from besides. */
  social: z.object({ github: socialKeysSchema, google: socialKeysSchema }),
  /** Apps are signed in to through Composio; without a key none are. */
  composio: z.object({ apiUrl: z.string(), apiKey: z.string(), eventKey: z.string() }),
  /** By which public pages ask whether a person sends a form. */
  turnstile: turnstileSchema,
  /** What agents ask where their workspace has set nothing: a model, and keys of providers. */
  models: z.object({ name: z.string(), keys: z.record(z.string(), z.string()) }),
  /** The provider that agents search the web by. */
  search: z.object({ apiUrl: z.string(), apiKey: z.string() }),
});

/** The edge's settings. An empty string means "not set". */
export type Config = z.infer<typeof configSchema>;

const known = new WeakMap<EdgeEnv, Config>();

/**
 * Throws, with the name of each, where a server that others can reach was left with a key that was not chosen by chance:
 * whoever knows it, or guesses it, is the owner.
 */
function refuseDefaultKeys(env: EdgeEnv, config: Config): void {
  const { environment, publicUrl } = config;
  const isAlone = publicUrl === "" ? environment !== "production" : isLocalOrigin(publicUrl);
  if (isAlone) return;
  const names = listDefaultKeys({
    FLOOM_SIGNING_KEY: config.signingKey,
    // What an earlier one signed is believed as much.
    ...Object.fromEntries(
      config.earlierSigningKeys.map((key, index) => [`FLOOM_SIGNING_KEY (${index + 2})`, key]),
    ),
    FLOOM_OWNER_TOKEN: env.FLOOM_OWNER_TOKEN ?? "",
    ...Object.fromEntries(
      (env.FLOOM_MASTER_KEYS ?? "")
        .split(/[\s,]+/)
        .map((line) => [`FLOOM_MASTER_KEYS (${line.split(":")[0]})`, line.slice(line.indexOf(":") + 1)]),
    ),
  });
  if (names.length === 0) return;
  throw new Error(
    `${names.join(", ")}: not chosen by chance, and ${publicUrl || "this server"} can be reached by others. Set each to the output of: openssl rand -base64 32`,
  );
}

/** What sandboxes cost, and what may be spent on them. Only E2B's own cloud is known to ask anything. */
function readMoney(env: EdgeEnv) {
  const isPaid = (env.E2B_API_URL ?? "") === "";
  const { usd_per_vcpu_second: ofProcessor, usd_per_gib_second: ofMemory } = sandboxRates;
  return {
    prices: {
      usd_per_vcpu_second: env.FLOOM_USD_PER_VCPU_SECOND || (isPaid ? ofProcessor : 0),
      usd_per_gib_second: env.FLOOM_USD_PER_GIB_SECOND || (isPaid ? ofMemory : 0),
    },
    spendCaps: {
      daily: env.WORKEROS_DEFAULT_DAILY_SPEND_CAP_USD ?? "",
      monthly: env.WORKEROS_DEFAULT_MONTHLY_SPEND_CAP_USD ?? "",
      userDaily: env.WORKEROS_DEFAULT_USER_DAILY_SPEND_CAP_USD ?? "",
      userMonthly: env.WORKEROS_DEFAULT_USER_MONTHLY_SPEND_CAP_USD ?? "",
    },
  };
}

/** Which models agents ask, and by what keys, where their workspace has set nothing. */
function readModels(env: EdgeEnv) {
  const set = modelKeyNames.flatMap((name) => (env[name] ? [[name, env[name]] as const] : []));
  return { name: env.FLOOM_MODEL ?? "", keys: Object.fromEntries(set) };
}

/** Who is let in besides those with a password, and how a stranger is told from a program. */
function readDoors(env: EdgeEnv) {
  return {
    signUp: env.FLOOM_SIGN_UP || "invited",
    social: {
      github: { clientId: env.GITHUB_CLIENT_ID ?? "", clientSecret: env.GITHUB_CLIENT_SECRET ?? "" },
      google: { clientId: env.GOOGLE_CLIENT_ID ?? "", clientSecret: env.GOOGLE_CLIENT_SECRET ?? "" },
    },
    turnstile: {
      siteKey: env.FLOOM_TURNSTILE_SITE_KEY ?? "",
      secret: env.FLOOM_TURNSTILE_SECRET ?? "",
    },
  };
}

/** Reads the settings, once per isolate; a bad environment fails every request loudly with the setting's name. */
export function readConfig(env: EdgeEnv): Config {
  const cached = known.get(env);
  if (cached) return cached;
  const config = configSchema.parse({
    environment: env.FLOOM_ENVIRONMENT,
    publicUrl: env.FLOOM_PUBLIC_URL ?? "",
    e2bApiKey: env.E2B_API_KEY ?? "",
    e2bApiUrl: env.E2B_API_URL,
    e2bSandboxUrl: env.E2B_SANDBOX_URL,
    sandboxEdgeUrl: env.FLOOM_SANDBOX_EDGE_URL ?? "",
    ...parseSigningKeys(env.FLOOM_SIGNING_KEY ?? ""),
    ownerToken: env.FLOOM_OWNER_TOKEN ?? "",
    ownerIsLocal: env.FLOOM_ENVIRONMENT !== "production" && isLocalOrigin(env.FLOOM_PUBLIC_URL ?? ""),
    masterKeys: env.FLOOM_MASTER_KEYS ?? "",
    sandboxLimits: {
      creates_per_second: env.FLOOM_SANDBOX_CREATES_PER_SECOND,
      live: env.FLOOM_SANDBOX_LIVE,
      workspace_live: env.FLOOM_WORKSPACE_LIVE_RUNS,
      life_seconds: env.FLOOM_SANDBOX_LIFE_SECONDS,
    },
    rates: { text: env.FLOOM_RATE_LIMITS ?? "", isOwnMachine: isOwnMachine(env) },
    mailUrl: env.FLOOM_MAIL_URL ?? "",
    mailToken: env.FLOOM_MAIL_TOKEN ?? "",
    mailFrom: env.FLOOM_MAIL_FROM ?? "",
    allowLoopbackAlerts: env.FLOOM_ENVIRONMENT !== "production" && env.FLOOM_ALERTS_LOOPBACK === "1",
    models: readModels(env),
    search: {
      apiUrl: env.SERPER_API_URL || "https://google.serper.dev",
      apiKey: env.SERPER_API_KEY ?? "",
    },
    composio: {
      apiUrl: env.COMPOSIO_API_URL || "https://backend.composio.dev",
      apiKey: env.COMPOSIO_API_KEY ?? "",
      eventKey: env.COMPOSIO_WEBHOOK_SIGNING_KEY ?? "",
    },
    ...readMoney(env),
    ...readDoors(env),
  });
  refuseDefaultKeys(env, config);
  known.set(env, config);
  return config;
}

/** The bindings, by what they are for. */
export function readBindings(env: EdgeEnv) {
  return {
    db: env.DB,
    files: env.FILES,
    runs: env.RUN_OBJECT,
    workers: env.WORKER_OBJECT,
    capacity: env.CAPACITY_OBJECT,
    housekeepers: env.HOUSEKEEPER_OBJECT,
    builds: env.BUILD_OBJECT,
    stores: env.STORE_OBJECT,
    chains: env.AUDIT_OBJECT,
    attempts: env.ATTEMPT_OBJECT,
    connections: env.CONNECTION_OBJECT,
    evaluations: env.EVALUATION_OBJECT,
    pages: env.ASSETS,
    publicNetwork: env.PUBLIC_NETWORK,
  };
}
