// Owns what is known of a workspace's secrets: names, versions, who may have them, when they were used.
// Never answers a value, not even a part of one.
// Writes secrets and their versions in D1; lists what the workspace's mark says is as it was without asking it.
import type { Principal } from "#contract/access/access";
import { formatLimit, limits } from "#contract/limits";
import type { ProblemError } from "#contract/problem";
import type { SecretSummary, SecretTest, SecretVersion } from "#contract/secrets/secret";
import { actorOf } from "../access/principal.ts";
import { KeptByMark } from "../catalog/kept-by-mark.ts";
import type { MarkTaker } from "../catalog/kept-by-mark.ts";
import { AppError, notFound } from "../platform/app-error.ts";
import { toIso } from "../platform/clock.ts";
import { bindSecret, DEFAULT_HEADER } from "./bind-secret.ts";
import type { SecretBinding } from "./bind-secret.ts";
import { listDeclaring } from "./declaring-service.ts";
import type { Declaring } from "./declaring-service.ts";
import { judgeSecret } from "./judge-secret.ts";
import {
  countSecrets,
  deleteSecretRow,
  findSecretRow,
  listSecretRows,
  listVersionRowsOf,
  noteCheck,
  putGrants,
  putSecretRow,
  wipeRetired,
} from "./store.ts";
import type { SecretRow } from "./store.ts";
import { readSecrets, sealSecretValue } from "./vault-service.ts";
import type { VaultDeps } from "./vault-service.ts";

export type SecretDeps = VaultDeps & MarkTaker;

/** So long a value that was replaced or deleted is kept for masking: longer than any run lives, milliseconds. */
const VALUE_KEPT_MS = 25 * 3_600_000;

const iso = (ms: number | null) => (ms === null ? null : toIso(ms));

/** What is told of a name that workers declare and nobody has set. */
const notSet = {
  version: null,
  granted_to: null,
  bound_to: null,
  created_at: null,
  updated_at: null,
  last_used_at: null,
  last_used_run_id: null,
  last_checked_at: null,
  last_check_status: null,
};

function describeSecret(name: string, row: SecretRow | undefined, all: readonly Declaring[]): SecretSummary {
  const { granted_to: granted, bound_to: bound, ...facts } = row ?? notSet;
  return {
    name,
    status: row === undefined ? "missing" : "set",
    version: facts.version,
    workers: granted && all.filter(({ id }) => granted.includes(id)).map((worker) => worker.name),
    hosts: bound?.hosts ?? [],
    header: bound?.header ?? null,
    used_by: all.filter(({ secrets }) => secrets.includes(name)).map((worker) => worker.name),
    created_at: iso(facts.created_at),
    updated_at: iso(facts.updated_at),
    last_used_at: iso(facts.last_used_at),
    last_used_run_id: facts.last_used_run_id,
    last_checked_at: iso(facts.last_checked_at),
    last_check_status: facts.last_check_status,
  };
}

const known = new KeptByMark<SecretRow[]>();

/** The workspace's secrets that are set, and its catalog's mark. The database is not asked for what the mark says is as it was. */
async function readRows(
  { db, takeMark }: SecretDeps,
  { workspace_id: workspaceId }: Principal,
): Promise<{ rows: SecretRow[]; mark: number | null }> {
  const mark = takeMark?.(workspaceId) ?? null;
  const kept = known.find(workspaceId, mark);
  if (kept !== undefined) return { rows: kept, mark };
  const fresh = await listSecretRows(db, workspaceId);
  known.keep(workspaceId, fresh.mark, fresh.rows);
  return fresh;
}

/** The workspace's secrets and the names that its workers declare, by name. */
export async function listSecrets(deps: SecretDeps, principal: Principal): Promise<SecretSummary[]> {
  const { rows, mark } = await readRows(deps, principal);
  const all = await listDeclaring(deps, principal, mark);
  const names = new Set([...rows.map(({ name }) => name), ...all.flatMap(({ secrets }) => secrets)]);
  return [...names].toSorted().map((name) =>
    describeSecret(
      name,
      rows.find((row) => row.name === name),
      all,
    ),
  );
}

const placeOf = (principal: Principal, name: string) => ({ workspaceId: principal.workspace_id, name });

async function requireSecret(deps: SecretDeps, principal: Principal, name: string): Promise<SecretRow> {
  const row = await findSecretRow(deps.db, placeOf(principal, name));
  if (row === undefined) throw notFound("secret");
  return row;
}

/** What is known of a secret that is set. Throws `not_found`. */
export async function getSecret(
  deps: SecretDeps,
  principal: Principal,
  name: string,
): Promise<SecretSummary> {
  const row = await requireSecret(deps, principal, name);
  return describeSecret(name, row, await listDeclaring(deps, principal));
}

function refuse(errors: ProblemError[]): AppError {
  const said = errors.map(({ pointer, detail }) => `${pointer.slice(1)} ${detail}`).join("; ");
  return new AppError("invalid_secret", `The secret was not kept: ${said}.`, { errors });
}

/** The ids of these workers. Throws `invalid_secret` with the names that no worker of the workspace has. */
async function resolveWorkers(
  deps: SecretDeps,
  principal: Principal,
  names: readonly string[] | null | undefined,
): Promise<string[] | null | undefined> {
  if (!names) return names;
  const all = await listDeclaring(deps, principal);
  const errors: ProblemError[] = [];
  const ids = names.flatMap((name, index) => {
    const id = all.find((worker) => worker.name === name)?.id;
    if (id === undefined) errors.push({ pointer: `/workers/${index}`, detail: `names no worker: ${name}` });
    return id ?? [];
  });
  if (errors.length > 0) throw refuse(errors);
  return ids;
}

/** What `POST /api/secrets/{secret}` asks for. */
export interface SetSecret {
  name: string;
  value: string;
  workers: string[] | null | undefined;
  hosts: string[] | undefined;
  header: string | undefined;
}

/**
 * What the new version is bound to. Where nothing is said of it that stays, so that a key which is replaced does not come
 * into the hands of scripts; and it changes only together with the value: whoever sets another host has to know it.
 */
function chooseBinding(
  known: SecretBinding | null,
  { value, hosts = known?.hosts ?? [], header }: SetSecret,
): { binding: SecretBinding | null; errors: ProblemError[] } {
  if (hosts.length > 0)
    return bindSecret(value, { hosts, header: header ?? known?.header ?? DEFAULT_HEADER });
  const errors = header === undefined ? [] : [{ pointer: "/header", detail: "needs hosts beside it" }];
  return { binding: null, errors };
}

/**
 * Makes a secret, or its next version. Throws `invalid_secret`, `too_many_secrets`, `no_master_key` and
 * `master_key_missing`.
 */
export async function setSecret(
  deps: SecretDeps,
  principal: Principal,
  wanted: SetSecret,
): Promise<SecretSummary> {
  const { name, value, workers } = wanted;
  const errors = judgeSecret(name, value);
  if (errors.length > 0) throw refuse(errors);
  const { workspace_id: workspaceId } = principal;
  const known = await findSecretRow(deps.db, { workspaceId, name });
  const { binding, errors: ofHosts } = chooseBinding(known?.bound_to ?? null, wanted);
  if (ofHosts.length > 0) throw refuse(ofHosts);
  if (!known && (await countSecrets(deps.db, workspaceId)) >= limits.workspace_secrets.value) {
    const most = formatLimit("workspace_secrets");
    throw new AppError("too_many_secrets", `A workspace has at most ${most} as secrets. Delete one first.`);
  }
  const granted_to = await resolveWorkers(deps, principal, workers);
  const box = await sealSecretValue(deps, { workspaceId, name, value });
  const now = deps.clock();
  const row = { workspaceId, name, box, granted_to, bound_to: binding, by: actorOf(principal), now };
  await putSecretRow(deps.db, row);
  await wipeRetired(deps.db, workspaceId, now - VALUE_KEPT_MS);
  return getSecret(deps, principal, name);
}

/** Deletes a secret. Throws `not_found`. */
export async function deleteSecret(deps: SecretDeps, principal: Principal, name: string): Promise<void> {
  const now = deps.clock();
  if (!(await deleteSecretRow(deps.db, placeOf(principal, name), now))) throw notFound("secret");
  await wipeRetired(deps.db, principal.workspace_id, now - VALUE_KEPT_MS);
}

/** Takes away all values of a workspace that no run can have any more. */
export async function forgetOldValues(
  { db, clock }: Pick<SecretDeps, "db" | "clock">,
  workspaceId: string,
): Promise<void> {
  await wipeRetired(db, workspaceId, clock() - VALUE_KEPT_MS);
}

/** A secret's versions, newest first. Throws `not_found`. */
export async function listSecretVersions(
  deps: SecretDeps,
  principal: Principal,
  name: string,
): Promise<SecretVersion[]> {
  const { version: current } = await requireSecret(deps, principal, name);
  const rows = await listVersionRowsOf(deps.db, placeOf(principal, name), limits.secret_versions.value);
  return rows.map((row) => ({
    version: row.version,
    current: row.version === current,
    created_at: toIso(row.created_at),
    created_by: row.created_by,
    retired_at: iso(row.retired_at),
    kept: row.box !== null,
  }));
}

/** Says which workers alone get a secret; null for all that declare it. Throws `not_found`, `invalid_secret`. */
export async function grantSecret(
  deps: SecretDeps,
  principal: Principal,
  { name, workers }: { name: string; workers: string[] | null },
): Promise<SecretSummary> {
  await requireSecret(deps, principal, name);
  const grantedTo = (await resolveWorkers(deps, principal, workers)) ?? null;
  if (!(await putGrants(deps.db, placeOf(principal, name), grantedTo))) throw notFound("secret");
  return getSecret(deps, principal, name);
}

/** Whether a secret opens with the master keys there are. Throws `not_found`. */
export async function testSecret(deps: SecretDeps, principal: Principal, name: string): Promise<SecretTest> {
  const place = placeOf(principal, name);
  await requireSecret(deps, principal, name);
  const opens = await readSecrets(deps, place.workspaceId, [name]).then(
    (values) => values[name] !== undefined,
    () => false,
  );
  const status = opens ? "valid" : "unreadable";
  await noteCheck(deps.db, place, { status, now: deps.clock() });
  const reason = opens
    ? "It is set and opens. Whether it is still good where it is used, nobody was asked."
    : "It does not open with the master keys that this server has. Bring the key back; where only this value is damaged, set it again.";
  return { status, reason };
}
