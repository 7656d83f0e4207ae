// Owns connections as people see them: who has which, where it leads, what of it may be called.
// Never sees a credential: that lies sealed in the connection's object, which alone talks to the server.
// Writes connections in D1; how one stands its object writes.
import type { Principal } from "#contract/access/access";
import type {
  Connection,
  ConnectionTest,
  ConnectionTools,
  CreateConnection,
  PatchConnection,
  SignInLink,
} from "#contract/connections/connection";
import {
  connectionKindSchema,
  connectionStatusSchema,
  connectionTestSchema,
} from "#contract/connections/connection";
import type { ConnectionId } from "#contract/ids";
import { formatLimit, limits } from "#contract/limits";
import type { ProblemError } from "#contract/problem";
import { actorOf } from "../access/principal.ts";
import { AppError, notFound } from "../platform/app-error.ts";
import type { Clock } from "../platform/clock.ts";
import { toIso, toIsoOrNull } from "../platform/clock.ts";
import type { Db } from "../platform/db/client.ts";
import type { ConnectionApi, ConnectionReply, ConnectionTarget, ToolList } from "./connection-api.ts";
import type { ConnectionSettings } from "./connection-settings.ts";
import { judgeConnection } from "./judge-connection.ts";
import type { OwnClient } from "./protocol/oauth-client.ts";
import { verifyState } from "./sign-in-state.ts";
import {
  addConnectionRow,
  countConnections,
  deleteConnectionRow,
  findConnectionRow,
  listConnectionIds,
  listConnectionRows,
  patchConnectionRow,
} from "./store.ts";
import type { ConnectionRow } from "./store.ts";

export interface ConnectionDeps {
  db: Db;
  clock: Clock;
  newConnectionId: () => ConnectionId;
  openConnection: (id: string) => ConnectionApi;
  /** Those with which a state may have been signed. */
  signingKeys: readonly string[];
  allowLoopback: boolean;
  hasComposio: boolean;
  own: OwnClient | null;
}

const userOf = (principal: Principal) =>
  principal.kind === "token" || principal.kind === "account" ? principal.user_id : null;

/** Which connection an object is asked about. Pure. */
export function targetOf({ id, workspace_id, name, settings }: ConnectionRow): ConnectionTarget {
  return { id, workspace_id, name, settings };
}

function describe(row: ConnectionRow): Connection {
  const { settings } = row;
  return {
    id: row.id,
    name: row.name,
    kind: connectionKindSchema.parse(row.kind),
    owner: row.user_id === null ? "workspace" : "me",
    owner_id: row.user_id,
    display_name: row.display_name,
    status: connectionStatusSchema.parse(row.status),
    status_reason: row.status_reason,
    account_label: row.account_label,
    mcp: settings.mcp,
    http: settings.http,
    composio: settings.composio,
    scope: settings.scope,
    allowed_tools: settings.allowed_tools,
    changed_tools: row.changed_tools,
    created_at: toIso(row.created_at),
    updated_at: toIso(row.updated_at),
    last_used_at: toIsoOrNull(row.last_used_at),
    last_used_by: row.last_used_by,
    last_checked_at: toIsoOrNull(row.last_checked_at),
    last_check_status: connectionTestSchema.shape.status.nullable().parse(row.last_check_status),
  };
}

async function requireRow(deps: ConnectionDeps, principal: Principal, ref: string): Promise<ConnectionRow> {
  const of = { workspaceId: principal.workspace_id, userId: userOf(principal), ref };
  const row = await findConnectionRow(deps.db, of);
  if (row === undefined) throw notFound("connection");
  return row;
}

function unwrap<T>(reply: ConnectionReply<T>): T {
  if (reply.kind === "done") return reply.value;
  throw new AppError(reply.code, reply.detail);
}

const refuse = (errors: ProblemError[]) =>
  new AppError("invalid_connection", "The connection cannot be made like this: see errors.", { errors });

/** The workspace's connections and one's own, by name. */
export async function listConnections(deps: ConnectionDeps, principal: Principal): Promise<Connection[]> {
  return (await listConnectionRows(deps.db, principal.workspace_id, userOf(principal))).map(describe);
}

/** Throws `not_found`. */
export async function getConnection(
  deps: ConnectionDeps,
  principal: Principal,
  ref: string,
): Promise<Connection> {
  return describe(await requireRow(deps, principal, ref));
}

/**
 * Makes a connection and asks its server once, whatever that says. Throws `invalid_connection`, `too_many_connections`,
 * `connection_name_taken`, `composio_not_configured`.
 */
export async function createConnection(
  deps: ConnectionDeps,
  principal: Principal,
  wanted: CreateConnection,
): Promise<Connection> {
  const userId = userOf(principal);
  const errors = judgeConnection(wanted, { allowLoopback: deps.allowLoopback, isPerson: userId !== null });
  if (errors.length > 0) throw refuse(errors);
  if (wanted.kind === "composio" && !deps.hasComposio)
    throw new AppError(
      "composio_not_configured",
      "This server has no Composio key: whoever runs it sets COMPOSIO_API_KEY. Nothing was made.",
    );
  if ((await countConnections(deps.db, principal.workspace_id)) >= limits.workspace_connections.value)
    throw new AppError(
      "too_many_connections",
      `A workspace has at most ${formatLimit("workspace_connections")}. Remove one first.`,
    );
  const row = buildRow(deps, principal, wanted);
  if (!(await addConnectionRow(deps.db, row)))
    throw new AppError(
      "connection_name_taken",
      `There is a connection named ${row.name} already: choose another name.`,
    );
  await deps.openConnection(row.id).check(targetOf(row));
  return getConnection(deps, principal, row.id);
}

function buildRow(deps: ConnectionDeps, principal: Principal, wanted: CreateConnection): ConnectionRow {
  const now = deps.clock();
  const settings: ConnectionSettings = {
    mcp: wanted.kind === "mcp" ? wanted.mcp : null,
    http: wanted.kind === "http" ? wanted.http : null,
    composio: wanted.kind === "composio" ? wanted.composio : null,
    scope: wanted.scope ?? "full",
    allowed_tools: wanted.allowed_tools ?? null,
    enabled: true,
  };
  return {
    id: deps.newConnectionId(),
    workspace_id: principal.workspace_id,
    user_id: wanted.owner === "me" ? userOf(principal) : null,
    name: wanted.name,
    kind: wanted.kind,
    display_name: wanted.display_name ?? wanted.name,
    settings,
    status: "pending",
    status_reason: null,
    account_label: null,
    changed_tools: 0,
    created_by: actorOf(principal),
    created_at: now,
    updated_at: now,
    last_used_at: null,
    last_used_by: null,
    last_checked_at: null,
    last_check_status: null,
  };
}

/** Changes what a connection is called and what of it may be called. Throws `not_found`. */
export async function patchConnection(
  deps: ConnectionDeps,
  principal: Principal,
  { ref, change }: { ref: string; change: PatchConnection },
): Promise<Connection> {
  const row = await requireRow(deps, principal, ref);
  const enabled = change.enabled ?? row.settings.enabled;
  const settings: ConnectionSettings = {
    ...row.settings,
    enabled,
    scope: change.scope ?? row.settings.scope,
    allowed_tools: change.allowed_tools === undefined ? row.settings.allowed_tools : change.allowed_tools,
  };
  // What it is once it is switched on again the next call says.
  const switchedOn = row.status === "disabled" ? "active" : row.status;
  await patchConnectionRow(deps.db, row.id, {
    display_name: change.display_name ?? row.display_name,
    settings,
    status: enabled ? switchedOn : "disabled",
    updated_at: deps.clock(),
  });
  return getConnection(deps, principal, row.id);
}

/** Removes a connection with its credentials. Throws `not_found`. */
export async function deleteConnection(
  deps: ConnectionDeps,
  principal: Principal,
  ref: string,
): Promise<void> {
  const row = await requireRow(deps, principal, ref);
  // First what signs in: a row without it is removed by a repeat, it without a row by nobody.
  await deps.openConnection(row.id).erase();
  await deleteConnectionRow(deps.db, row.id);
}

/** Removes all connections of a workspace, whoever's they are, with their credentials. */
export async function eraseConnections(
  { db, openConnection }: Pick<ConnectionDeps, "db" | "openConnection">,
  workspaceId: string,
): Promise<void> {
  for (;;) {
    const ids = await listConnectionIds(db, { workspaceId, limit: 20 });
    if (ids.length === 0) return;
    for (const id of ids) {
      await openConnection(id).erase();
      await deleteConnectionRow(db, id);
    }
  }
}

const toTools = ({ tools, listed_at }: ToolList): ConnectionTools => ({
  tools,
  listed_at: toIsoOrNull(listed_at),
});

/** A connection's tools, as its server last listed them. Throws `not_found`. */
export async function listConnectionTools(
  deps: ConnectionDeps,
  principal: Principal,
  ref: string,
): Promise<ConnectionTools> {
  const row = await requireRow(deps, principal, ref);
  return toTools(await deps.openConnection(row.id).tools(targetOf(row)));
}

/** Asks a connection's server now. Throws `not_found`. */
export async function testConnection(
  deps: ConnectionDeps,
  principal: Principal,
  ref: string,
): Promise<ConnectionTest> {
  const row = await requireRow(deps, principal, ref);
  const object = deps.openConnection(row.id);
  const { status, reason } = await object.check(targetOf(row));
  const { tools } = await object.tools(targetOf(row));
  return { status, reason, tested_at: toIso(deps.clock()), tools };
}

/** Accepts tools as they were read. Throws `not_found`, `invalid_connection`. */
export async function pinConnectionTools(
  deps: ConnectionDeps,
  principal: Principal,
  { ref, tools }: { ref: string; tools: readonly { name: string; digest: string }[] },
): Promise<ConnectionTools> {
  const row = await requireRow(deps, principal, ref);
  return toTools(unwrap(await deps.openConnection(row.id).pin(targetOf(row), tools)));
}

/** Begins the sign-in at a connection's server. Throws `not_found`, `no_sign_in`, `connection_unreachable`. */
export async function authorizeConnection(
  deps: ConnectionDeps,
  principal: Principal,
  ref: string,
): Promise<SignInLink> {
  const row = await requireRow(deps, principal, ref);
  return unwrap(await deps.openConnection(row.id).authorize(targetOf(row), { user_id: userOf(principal) }));
}

/**
 * Ends a sign-in. The state is genuine, new, and whoever brings it back is who began, so that nobody's account is put into
 * a connection of somebody else by a link. Throws `connection_sign_in_refused`.
 */
export async function finishSignIn(
  deps: ConnectionDeps,
  principal: Principal,
  back: {
    state?: string | undefined;
    code?: string | undefined;
    iss?: string | undefined;
    error?: string | undefined;
  },
): Promise<Connection> {
  const states = await Promise.all(
    deps.signingKeys.map((key) => verifyState(key, { text: back.state ?? "", now: deps.clock() })),
  );
  const state = states.find((one) => one !== null) ?? null;
  const isOwner = principal.kind !== "run" && "role" in principal && principal.role === "owner";
  const isSame =
    state !== null &&
    (state.user_id === null
      ? isOwner && state.workspace_id === principal.workspace_id
      : state.user_id === userOf(principal));
  if (state === null || !isSame)
    throw new AppError(
      "connection_sign_in_refused",
      "The link is none of this server, is older than ten minutes, or was begun by somebody else. Begin again, signed in as yourself.",
    );
  const row = await findConnectionRow(deps.db, {
    workspaceId: state.workspace_id,
    userId: state.user_id,
    ref: state.id,
  });
  if (row === undefined) throw new AppError("connection_sign_in_refused", "The connection is gone.");
  if (back.error !== undefined)
    throw new AppError(
      "connection_sign_in_refused",
      "The server did not let you in, or you did not agree. Nothing has changed.",
    );
  unwrap(
    await deps.openConnection(row.id).finish(targetOf(row), {
      nonce: state.nonce,
      code: back.code ?? null,
      iss: back.iss ?? null,
    }),
  );
  const after = await findConnectionRow(deps.db, {
    workspaceId: state.workspace_id,
    userId: state.user_id,
    ref: state.id,
  });
  return describe(after ?? row);
}

/** What authorization servers read of Floom as their client. Pure. */
export function describeOwnClient({ own }: Pick<ConnectionDeps, "own">) {
  if (own === null) throw new AppError("public_url_unset", "FLOOM_PUBLIC_URL is not set.");
  return {
    ...(own.document_url === null ? {} : { client_id: own.document_url }),
    client_name: "Floom",
    redirect_uris: [own.redirect_uri],
    grant_types: ["authorization_code", "refresh_token"],
    response_types: ["code"],
    token_endpoint_auth_method: "none",
  };
}
