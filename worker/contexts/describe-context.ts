import type { Principal } from "#contract/access/access";
import type {
  ContextFile,
  ContextSummary,
  ContextVersion,
  FileVersion,
} from "#contract/contexts/context-bundle";
import { toIso } from "../platform/clock.ts";
import type { ContextRow, FileRow, VersionRow } from "./store.ts";

/** Whether nothing in the workspace is private to them. */
function seesAll(principal: Principal): boolean {
  if (principal.kind === "token" && principal.owner) return true;
  const isPerson = principal.kind === "token" || principal.kind === "account";
  return isPerson && (principal.role === "owner" || principal.role === "admin");
}

/** Whose a context is that they make: the person's, with whatever token; else the token's own. Pure. */
export function ownerOf(principal: Principal): string {
  const isPerson = principal.kind === "token" || principal.kind === "account";
  return (isPerson ? principal.user_id : null) ?? principal.id;
}

/** May they know of it? A private context is its maker's, and those's who run the workspace. Pure. */
export function maySee(principal: Principal, row: Pick<ContextRow, "visibility" | "owner_id">): boolean {
  const isTheirs = row.owner_id === ownerOf(principal) || row.owner_id === principal.id;
  return row.visibility === "workspace" || isTheirs || seesAll(principal);
}

/** May a version that this token pushed mount it? Pure. */
export function mayMount(pushedBy: string | null, row: Pick<ContextRow, "visibility" | "owner_id">): boolean {
  return row.visibility === "workspace" || row.owner_id === pushedBy;
}

export function describeContext(row: ContextRow, usedBy: readonly string[]): ContextSummary {
  return {
    id: row.id,
    name: row.name,
    kind: row.kind,
    description: row.description,
    category: row.category,
    visibility: row.visibility,
    sensitive: row.sensitive,
    writeable: row.writeable,
    owner_id: row.owner_id,
    version: row.version,
    digest: row.digest,
    file_count: row.file_count,
    total_bytes: row.total_bytes,
    used_by: [...usedBy],
    created_at: toIso(row.created_at),
    updated_at: toIso(row.updated_at),
  };
}

export function describeFile({ path, size, sha256, since, warned }: FileRow): ContextFile {
  return { path, size_bytes: size, sha256, version: since, has_secret_warning: warned };
}

export function describeVersion(row: VersionRow): ContextVersion {
  return {
    version: row.number,
    id: String(row.number),
    sha: row.digest,
    message: row.message,
    author: row.made_by,
    run_id: row.run_id,
    change_source: row.run_id === null ? "api" : "run",
    restored_from: row.restored_from,
    file_count: row.file_count,
    total_bytes: row.total_bytes,
    timestamp: toIso(row.created_at),
  };
}

/**
 * What became of a file, newest first: each content that it got, and each time it went. `versions` are those that are
 * kept; of a change that is older than they are nothing is known but that it was. Pure.
 */
export function describeHistory(rows: readonly FileRow[], versions: readonly VersionRow[]): FileVersion[] {
  const at = (number: number, content: Pick<FileRow, "sha256" | "size"> | null): FileVersion[] => {
    const version = versions.find((one) => one.number === number);
    if (version === undefined && content === null) return [];
    return [
      {
        version: number,
        id: String(number),
        sha: content?.sha256 ?? null,
        size_bytes: content?.size ?? null,
        message: version?.message ?? "",
        author: version?.made_by ?? "",
        timestamp: toIso(version?.created_at ?? 0),
      },
    ];
  };
  const events = rows.flatMap((row) => {
    const isFollowed = row.until === null || rows.some((other) => other.since === row.until);
    return [...(row.until === null || isFollowed ? [] : at(row.until, null)), ...at(row.since, row)];
  });
  return events.toSorted((a, b) => b.version - a.version);
}

/**
 * The version that somebody names: its number, or the first seven or more digits of its digest; of several that hold the
 * same files the newest. Pure.
 */
export function chooseVersion(versions: readonly VersionRow[], named: string): VersionRow | undefined {
  const number = /^v?(\d{1,6})$/.exec(named)?.[1];
  if (number !== undefined) return versions.find((one) => one.number === Number(number));
  if (!/^[0-9a-f]{7,64}$/.test(named)) return undefined;
  return versions.toSorted((a, b) => b.number - a.number).find(({ digest }) => digest.startsWith(named));
}
