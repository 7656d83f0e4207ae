import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { DatabaseSync } from "node:sqlite";
import { once } from "node:events";
import * as z from "zod";
import { answering } from "./http/answering.ts";

/**
 * Stands in for Cloudflare's API, as far as wrangler and the deployment ask it; named a fake because the real one cannot
 * be reached from a test. It keeps what it is given: databases are SQLite, buckets names, scripts their secrets.
 */
export interface FakeCloudflare {
  /** For CLOUDFLARE_API_BASE_URL. */
  url: string;
  state: FakeAccount;
  /** What was asked, `METHOD /path`, in order. */
  asked: string[];
  /** Answers requests that match with a refusal, until it says null again. */
  fail: (judge: ((asked: string) => { status: number; code: number; message: string } | null) | null) => void;
  close: () => Promise<void>;
}

export interface FakeAccount {
  accounts: { id: string; name: string }[];
  subdomain: string | null;
  databases: Map<string, { name: string; sqlite: DatabaseSync }>;
  buckets: Set<string>;
  scripts: Map<string, FakeScript>;
}

export interface FakeScript {
  secrets: Map<string, string>;
  vars: Map<string, string>;
  /** One for each upload, the newest last. */
  versions: string[];
}

class Refused extends Error {
  readonly status: number;
  readonly code: number;
  constructor(status: number, code: number, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

export const fakeToken = "cloudflare-token-of-a-test";

export async function startFakeCloudflare(): Promise<FakeCloudflare> {
  const state: FakeAccount = {
    accounts: [{ id: "acc0000000000000000000000000000", name: "Acme" }],
    subdomain: "acme",
    databases: new Map(),
    buckets: new Set(),
    scripts: new Map(),
  };
  const asked: string[] = [];
  let judge: Parameters<FakeCloudflare["fail"]>[0] = null;
  const server = createServer(answering(answer));

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = Buffer.concat(await request.toArray());
    const url = new URL(request.url ?? "/", "http://cloudflare.invalid");
    const path = url.pathname.replace("/client/v4", "");
    const line = `${request.method ?? "GET"} ${path}`;
    asked.push(line);
    response.setHeader("content-type", "application/json");
    try {
      const refusal = judge?.(line) ?? null;
      if (refusal !== null) throw new Refused(refusal.status, refusal.code, refusal.message);
      if (request.headers.authorization !== `Bearer ${fakeToken}`)
        throw new Refused(403, 9109, "Invalid access token");
      const result = await respond(state, { line, body, type: request.headers["content-type"] ?? "" });
      response.end(JSON.stringify({ success: true, errors: [], messages: [], ...result }));
    } catch (error) {
      const { status, code } = error instanceof Refused ? error : { status: 500, code: 10013 };
      const message = error instanceof Error ? error.message : String(error);
      response.statusCode = status;
      response.end(
        JSON.stringify({ success: false, errors: [{ code, message }], messages: [], result: null }),
      );
    }
  }

  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/client/v4`,
    state,
    asked,
    fail: (next) => {
      judge = next;
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise<void>((done) => server.close(() => done()));
    },
  };
}

interface Asked {
  line: string;
  body: Buffer;
  type: string;
}

interface Answer {
  result: unknown;
  result_info?: unknown;
}
type Handler = (state: FakeAccount, match: readonly string[], asked: Asked) => Answer | Promise<Answer>;

const page = (result: readonly unknown[]): Answer => ({
  result,
  result_info: { page: 1, per_page: 100, count: result.length, total_count: result.length, total_pages: 1 },
});

const handlers: readonly (readonly [RegExp, Handler])[] = [
  [/^GET \/user\/tokens\/verify$/, () => ({ result: { id: "t", status: "active" } })],
  [/^GET \/user$/, () => ({ result: { id: "u", email: "person@example.com" } })],
  [/^GET \/accounts$/, (state) => page(state.accounts)],
  [
    /^GET \/memberships$/,
    (state) => page(state.accounts.map((account) => ({ id: `m-${account.id}`, account }))),
  ],
  [
    /^GET \/accounts\/[^/]+\/workers\/subdomain$/,
    (state) => {
      if (state.subdomain === null) throw new Refused(404, 10007, "There is no workers.dev subdomain.");
      return { result: { subdomain: state.subdomain } };
    },
  ],
  [
    /^GET \/accounts\/[^/]+\/d1\/database$/,
    (state) => page([...state.databases].map(([uuid, { name }]) => ({ uuid, name, version: "production" }))),
  ],
  [
    /^POST \/accounts\/[^/]+\/d1\/database$/,
    (state, _, { body }) => {
      const { name } = z.object({ name: z.string() }).parse(JSON.parse(body.toString()));
      if ([...state.databases.values()].some((one) => one.name === name))
        throw new Refused(400, 7502, "A database with that name already exists");
      const uuid = `${String(state.databases.size + 1).padStart(8, "0")}-1111-4111-8111-111111111111`;
      state.databases.set(uuid, { name, sqlite: new DatabaseSync(":memory:") });
      return { result: { uuid, name } };
    },
  ],
  [/^POST \/accounts\/[^/]+\/d1\/database\/([^/]+)\/query$/, queryDatabase],
  [
    /^GET \/accounts\/[^/]+\/r2\/buckets$/,
    (state) => ({
      result: {
        buckets: [...state.buckets].map((name) => ({ name, creation_date: "2026-01-01T00:00:00Z" })),
      },
    }),
  ],
  [
    /^GET \/accounts\/[^/]+\/r2\/buckets\/([^/]+)$/,
    (state, [name = ""]) => {
      if (!state.buckets.has(name)) throw new Refused(404, 10006, "The specified bucket does not exist.");
      return { result: { name } };
    },
  ],
  [
    /^GET \/accounts\/[^/]+\/workers\/scripts\/([^/]+)\/settings$/,
    (state, [name = ""]) => {
      requireScript(state, name);
      return { result: { bindings: [] } };
    },
  ],
  [
    /^POST \/accounts\/[^/]+\/r2\/buckets$/,
    (state, _, { body }) => {
      const { name } = z.object({ name: z.string() }).parse(JSON.parse(body.toString()));
      if (state.buckets.has(name))
        throw new Refused(409, 10004, "The bucket you tried to create already exists");
      state.buckets.add(name);
      return { result: { name } };
    },
  ],
  [
    /^GET \/accounts\/[^/]+\/workers\/scripts\/([^/]+)\/secrets$/,
    (state, [name = ""]) => ({
      result: [...requireScript(state, name).secrets.keys()].map((secret) => ({
        name: secret,
        type: "secret_text",
      })),
    }),
  ],
  [
    /^PUT \/accounts\/[^/]+\/workers\/scripts\/([^/]+)\/secrets$/,
    (state, [name = ""], { body }) => {
      const secret = z.object({ name: z.string(), text: z.string() }).parse(JSON.parse(body.toString()));
      requireScript(state, name).secrets.set(secret.name, secret.text);
      return { result: { name: secret.name, type: "secret_text" } };
    },
  ],
  [
    /^GET \/accounts\/[^/]+\/workers\/services\/([^/]+)$/,
    (state, [name = ""]) => {
      if (!state.scripts.has(name)) throw new Refused(404, 10090, "workers.api.error.service_not_found");
      const script = { tag: name, last_deployed_from: "wrangler", modified_on: "2026-01-01T00:00:00Z" };
      return { result: { id: name, default_environment: { environment: "production", script } } };
    },
  ],
  [
    /^GET \/accounts\/[^/]+\/workers\/scripts\/([^/]+)\/deployments$/,
    (state, [name = ""]) => {
      const { versions } = requireScript(state, name);
      const deployments = versions.map((version, index) => ({
        id: `deployment-${index}`,
        source: "wrangler",
        strategy: "percentage",
        author_email: "person@example.com",
        created_on: "2026-01-01T00:00:00Z",
        versions: [{ version_id: version, percentage: 100 }],
      }));
      return { result: { deployments: deployments.toReversed() } };
    },
  ],
  [
    /^POST \/accounts\/[^/]+\/workers\/scripts\/[^/]+\/assets-upload-session$/,
    () => ({
      result: { jwt: "assets-of-a-test", buckets: [] },
    }),
  ],
  [/^PUT \/accounts\/[^/]+\/workers\/scripts\/([^/]+)$/, uploadScript],
  [
    /^GET \/accounts\/[^/]+\/workers\/workers\/([^/]+)$/,
    (state, [name = ""]) => {
      requireScript(state, name);
      return { result: { id: name, name, subdomain: { enabled: true, previews_enabled: false } } };
    },
  ],
  [
    /^POST \/accounts\/[^/]+\/workers\/scripts\/[^/]+\/subdomain$/,
    () => ({
      result: { enabled: true, previews_enabled: false },
    }),
  ],
  [
    /^GET \/accounts\/[^/]+\/workers\/scripts\/[^/]+\/subdomain$/,
    () => ({
      result: { enabled: true, previews_enabled: false },
    }),
  ],
];

const bindingSchema = z.object({ type: z.string(), name: z.string(), text: z.string().optional() });

/** As the real one: secrets that an upload does not name stay, variables are those that it names. */
async function uploadScript(
  state: FakeAccount,
  [name = ""]: readonly string[],
  asked: Asked,
): Promise<Answer> {
  const form = await new Response(new Uint8Array(asked.body), {
    headers: { "content-type": asked.type },
  }).formData();
  const metadata = form.get("metadata");
  const { bindings } = z
    .object({ bindings: z.array(bindingSchema) })
    .parse(JSON.parse(typeof metadata === "string" ? metadata : await (metadata?.text() ?? "{}")));
  const script = state.scripts.get(name) ?? newScript();
  const ofType = (type: string) =>
    bindings.flatMap((one): [string, string][] => (one.type === type ? [[one.name, one.text ?? ""]] : []));
  for (const [secret, text] of ofType("secret_text")) script.secrets.set(secret, text);
  script.vars = new Map(ofType("plain_text"));
  script.versions.push(`0000000${script.versions.length + 1}-2222-4222-8222-222222222222`);
  state.scripts.set(name, script);
  return {
    result: {
      id: name,
      etag: "e",
      startup_time_ms: 1,
      deployment_id: script.versions.at(-1),
      pipeline_hash: "p",
      tag: name,
      handlers: ["fetch"],
      entry_point: "index.js",
    },
  };
}

const newScript = (): FakeScript => ({ secrets: new Map(), vars: new Map(), versions: [] });

function requireScript(state: FakeAccount, name: string) {
  const script = state.scripts.get(name);
  if (script === undefined) throw new Refused(404, 10007, "workers.api.error.script_not_found");
  return script;
}

function queryDatabase(state: FakeAccount, [uuid = ""]: readonly string[], { body }: Asked): Answer {
  const database = state.databases.get(uuid);
  if (database === undefined) throw new Refused(404, 7404, "The database does not exist");
  const { sql, params } = z
    .object({ sql: z.string(), params: z.array(z.union([z.string(), z.number(), z.null()])).optional() })
    .parse(JSON.parse(body.toString()));
  const isRead = /^\s*(?:SELECT|PRAGMA)/i.test(sql);
  const results = isRead ? database.sqlite.prepare(sql).all(...(params ?? [])) : [];
  if (!isRead) database.sqlite.exec(sql);
  return { result: [{ results, success: true, meta: { duration: 0, changes: 0 } }] };
}

async function respond(state: FakeAccount, asked: Asked): Promise<Answer> {
  for (const [pattern, handler] of handlers) {
    const match = pattern.exec(asked.line);
    if (match !== null) return handler(state, match.slice(1), asked);
  }
  throw new Refused(404, 10007, `the fake knows no ${asked.line}`);
}
