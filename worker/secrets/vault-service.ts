// Owns how sealed values are opened for those who may have them: runs at their launch, and what masks them afterwards.
// Never writes a value anywhere, and never answers one to a request.
// Writes when a secret was last used.
import type { WorkspaceId } from "#contract/ids";
import { AppError } from "../platform/app-error.ts";
import type { Clock } from "../platform/clock.ts";
import type { Db } from "../platform/db/client.ts";
import {
  makeDataKey,
  masterKeyOf,
  openValue,
  sealValue,
  unwrapDataKey,
  wrapDataKey,
} from "../platform/secrets/envelope-crypto.ts";
import type { MasterKeys } from "../platform/secrets/master-keys.ts";
import { fillHeader } from "./bind-secret.ts";
import { findMissing, mayHave } from "./judge-secret.ts";
import {
  findGrants,
  findKeptValues,
  findSealed,
  findWorkspaceKey,
  keepWorkspaceKey,
  noteUse,
} from "./store.ts";

export interface VaultDeps {
  db: Db;
  clock: Clock;
  /** Null where none is set: then nothing can be sealed or opened. */
  masterKeys: MasterKeys | null;
}

/** A worker, and the secrets that it declares. */
export interface SecretWant {
  workerId: string;
  names: readonly string[];
}

/** So long it is not written down again that a secret was used, milliseconds. */
const USE_KNOWN_MS = 3_600_000;

/** So far apart the clocks of two machines may be, milliseconds. */
const CLOCKS_APART_MS = 60_000;

/** What a workspace's data key is wrapped for. */
export const keyPurpose = (workspaceId: string) => `workspace:${workspaceId}`;
/** A value opens as this secret of this workspace, and as nothing else. */
const valuePurpose = (workspaceId: string, name: string) => `secret:${workspaceId}:${name}`;

function requireMasters({ masterKeys }: Pick<VaultDeps, "masterKeys">): MasterKeys {
  if (masterKeys !== null) return masterKeys;
  throw new AppError(
    "no_master_key",
    "This server has no master key: set FLOOM_MASTER_KEYS and start it again.",
  );
}

/**
 * The data key of a workspace, which gets one with the first thing that is sealed. Throws `no_master_key`, and
 * `master_key_missing` where it does not open: sealing under another one would lose what is under the first.
 */
async function requireDataKey(deps: VaultDeps, workspaceId: WorkspaceId): Promise<Uint8Array<ArrayBuffer>> {
  const masters = requireMasters(deps);
  const purpose = keyPurpose(workspaceId);
  const wrapped =
    (await findWorkspaceKey(deps.db, workspaceId)) ??
    (await keepWorkspaceKey(deps.db, {
      workspaceId,
      wrapped: await wrapDataKey(masters, { purpose, dataKey: makeDataKey() }),
      now: deps.clock(),
    }));
  return unwrapDataKey(masters, { purpose, wrapped }).catch((cause: unknown) => {
    throw refuseDataKey(masters, wrapped, cause);
  });
}

/** A secret's value as it is stored. Throws `no_master_key`, `master_key_missing`. */
export async function sealSecretValue(
  deps: VaultDeps,
  secret: { workspaceId: WorkspaceId; name: string; value: string },
): Promise<string> {
  const { workspaceId, name, value } = secret;
  const dataKey = await requireDataKey(deps, workspaceId);
  return sealValue(dataKey, { purpose: valuePurpose(workspaceId, name), secret: value });
}

/** What a connection's object keeps opens as that connection's, and as nothing else. */
const connectionPurpose = (workspaceId: string, connectionId: string) =>
  `connection:${workspaceId}:${connectionId}`;

/** How what signs in over a connection is sealed under its workspace's data key, and opened. Both throw as sealing a secret does. */
export function connectionBox(
  deps: VaultDeps,
  of: { workspaceId: WorkspaceId; connectionId: string },
): { seal: (text: string) => Promise<string>; open: (sealed: string) => Promise<string> } {
  const purpose = connectionPurpose(of.workspaceId, of.connectionId);
  const key = () => requireDataKey(deps, of.workspaceId);
  return {
    seal: async (text) => sealValue(await key(), { purpose, secret: text }),
    open: async (sealed) => openValue(await key(), { purpose, sealed }),
  };
}

function refuseDataKey(masters: MasterKeys, wrapped: string, cause: unknown): AppError {
  const id = masterKeyOf(wrapped);
  const isLost = id !== null && /^[\w-]{1,32}$/.test(id) && !masters.byId.has(id);
  const why = isLost
    ? `they are sealed under the master key ${id}, which this server does not have: put that key back behind the current one`
    : "their data key was changed or damaged in the database, or its master key is another one of the same id";
  const detail = `The secrets of this workspace do not open, and none was set: ${why}.`;
  return new AppError("master_key_missing", detail, { cause });
}

async function openAll(
  deps: Pick<VaultDeps, "masterKeys">,
  workspaceId: string,
  { wrapped, sealed }: { wrapped: string | null; sealed: readonly { name: string; box: string | null }[] },
): Promise<[name: string, value: string][]> {
  if (wrapped === null || sealed.length === 0) return [];
  const dataKey = await unwrapDataKey(requireMasters(deps), { purpose: keyPurpose(workspaceId), wrapped });
  return Promise.all(
    sealed.flatMap(({ name, box }) =>
      box === null
        ? []
        : [
            openValue(dataKey, { purpose: valuePurpose(workspaceId, name), sealed: box }).then(
              (value): [string, string] => [name, value],
            ),
          ],
    ),
  );
}

/** For each want, the names that are not set or are kept to other workers. */
export async function findMissingSecrets(
  deps: Pick<VaultDeps, "db">,
  workspaceId: string,
  wants: readonly SecretWant[],
): Promise<string[][]> {
  const names = [...new Set(wants.flatMap((want) => want.names))];
  const known = names.length === 0 ? [] : await findGrants(deps.db, workspaceId, names);
  return wants.map((want) => findMissing(want, known));
}

/** What a run is given: values, and what is put into its requests instead. */
export interface GivenSecrets {
  /** By name; of a secret that is bound to hosts a word that stands for it. */
  values: Record<string, string>;
  bound: { name: string; hosts: string[]; header: string; text: string }[];
}

/** What a script finds in the place of a secret that is bound to hosts: many programs want to see something there. */
const placeholderFor = (name: string) => `\${secret:${name}}`;

/**
 * The newest values of those of these secrets that are set and that the worker may have; and that the run was given them is
 * noted. Throws when they cannot be opened with the master keys there are.
 */
export async function giveSecrets(
  deps: VaultDeps,
  workspaceId: string,
  { workerId, names, runId }: SecretWant & { runId: string },
): Promise<GivenSecrets> {
  const given: GivenSecrets = { values: {}, bound: [] };
  if (names.length === 0) return given;
  const found = await findSealed(deps.db, workspaceId, names);
  const sealed = found.sealed.filter(({ granted_to }) => mayHave(granted_to, workerId));
  const values = await openAll(deps, workspaceId, { ...found, sealed });
  for (const [name, value] of values) {
    const binding = sealed.find((secret) => secret.name === name)?.bound_to ?? null;
    given.values[name] = binding === null ? value : placeholderFor(name);
    if (binding === null) continue;
    const { name: header, text } = fillHeader(binding.header, value);
    given.bound.push({ name, hosts: binding.hosts, header, text });
  }
  if (values.length > 0) {
    const now = deps.clock();
    const used = Object.keys(given.values);
    await noteUse(deps.db, { workspaceId, names: used, runId, now, before: now - USE_KNOWN_MS });
  }
  return given;
}

/** A secret that one request takes, with the hosts that the request goes to. */
export interface HostWant {
  name: string;
  hosts: readonly string[];
}

/**
 * The values that a request takes of its worker's secrets, all or none. A secret that is not set, is kept to other workers, or is
 * bound to other hosts than the request goes to is denied, and it is said which one. Throws when they cannot be opened.
 */
export async function openForHosts(
  deps: VaultDeps,
  workspaceId: string,
  { workerId, runId, wanted }: { workerId: string; runId: string; wanted: readonly HostWant[] },
): Promise<
  { kind: "given"; values: Record<string, string> } | { kind: "denied"; name: string; message: string }
> {
  const names = [...new Set(wanted.map(({ name }) => name))];
  if (names.length === 0) return { kind: "given", values: {} };
  const found = await findSealed(deps.db, workspaceId, names);
  const sealed = found.sealed.filter(({ granted_to }) => mayHave(granted_to, workerId));
  for (const { name, hosts } of wanted) {
    const secret = sealed.find((one) => one.name === name);
    // The same for one that is not set and one that is others': who asks may not know of it.
    if (secret === undefined) {
      return {
        kind: "denied",
        name,
        message: `${name} is not set for this worker: floom secrets set ${name}`,
      };
    }
    const allowed = secret.bound_to?.hosts;
    const other = allowed === undefined ? undefined : hosts.find((host) => !allowed.includes(host));
    if (other !== undefined)
      return { kind: "denied", name, message: `${name} is bound to other hosts than ${other}.` };
  }
  const opened = await openAll(deps, workspaceId, { ...found, sealed });
  const now = deps.clock();
  await noteUse(deps.db, { workspaceId, names, runId, now, before: now - USE_KNOWN_MS });
  return { kind: "given", values: Object.fromEntries(opened) };
}

/** The newest values of those of these that are set, by name, for the platform's own use. */
export async function readSecrets(
  deps: Pick<VaultDeps, "db" | "masterKeys">,
  workspaceId: string,
  names: readonly string[],
): Promise<Record<string, string>> {
  if (names.length === 0) return {};
  return Object.fromEntries(await openAll(deps, workspaceId, await findSealed(deps.db, workspaceId, names)));
}

/**
 * The newest value of a secret that goes to one host by a connection; undefined where it is not set. Throws with what to do
 * where it is bound to other hosts, or kept to some workers: a connection may be used by all of them.
 */
export async function readSecretForHost(
  deps: Pick<VaultDeps, "db" | "masterKeys">,
  workspaceId: string,
  { name, host }: { name: string; host: string },
): Promise<string | undefined> {
  const found = await findSealed(deps.db, workspaceId, [name]);
  const [secret] = found.sealed;
  if (secret === undefined) return undefined;
  if (secret.granted_to !== null)
    throw new Error(`The secret ${name} is kept to some workers: give the connection one of its own.`);
  if (secret.bound_to !== null && !secret.bound_to.hosts.includes(host))
    throw new Error(
      `The secret ${name} is bound to ${secret.bound_to.hosts.join(", ")}, and not to ${host}.`,
    );
  return Object.fromEntries(await openAll(deps, workspaceId, found))[name];
}

/**
 * All that a run which declares these may have been given: also what was replaced or deleted since it was accepted. What was
 * taken away before that cannot be its own, so that a value which opens no more is in nobody's way for long.
 */
export async function listValuesToMask(
  deps: Pick<VaultDeps, "db" | "masterKeys">,
  workspaceId: string,
  { names, since }: { names: readonly string[]; since: number },
): Promise<string[]> {
  if (names.length === 0) return [];
  const kept = await findKeptValues(deps.db, { workspaceId, names, since: since - CLOCKS_APART_MS });
  return (await openAll(deps, workspaceId, kept)).map(([, value]) => value);
}
