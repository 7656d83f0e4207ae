// Owns files that people upload to use as inputs, by content: the id is the SHA-256, so the same file is kept once.
// Never shows a file of another workspace, even to somebody who knows its hash.
// Writes uploads in D1 and R2; the content always before the row that names it.
import type { Principal } from "#contract/access/access";
import { sha256Schema } from "#contract/ids";
import type { Upload } from "#contract/workers/worker";
import { can } from "../access/policy.ts";
import { notFound } from "../platform/app-error.ts";
import type { Clock } from "../platform/clock.ts";
import { sha256Hex } from "../platform/crypto.ts";
import type { Db } from "../platform/db/client.ts";
import type { Files, StoredFile } from "../platform/files.ts";
import { cleanFilename, cleanMediaType } from "./clean-names.ts";
import { findUpload, putUpload } from "./store.ts";
import type { UploadRow } from "./store.ts";

export interface UploadDeps {
  db: Db;
  files: Files;
  clock: Clock;
}

/** A file as it came in; name and type are the sender's word. */
export interface GivenFile {
  filename: string;
  mediaType: string;
  bytes: Uint8Array;
}

/** Stores a file. Uploading the same content again answers the same id. */
export async function createUpload(
  deps: UploadDeps,
  principal: Principal,
  given: GivenFile,
): Promise<Upload> {
  return storeFile(deps, principal.workspace_id, given);
}

/** Stores a file that came with a run's inputs; answers its id. */
export async function storeUpload(deps: UploadDeps, workspaceId: string, given: GivenFile): Promise<string> {
  return (await storeFile(deps, workspaceId, given)).id;
}

async function storeFile(deps: UploadDeps, workspaceId: string, given: GivenFile): Promise<Upload> {
  const sha256 = await sha256Hex(given.bytes);
  const now = deps.clock();
  const row: UploadRow = {
    workspace_id: workspaceId,
    sha256,
    size: given.bytes.byteLength,
    media_type: cleanMediaType(given.mediaType),
    filename: cleanFilename(given.filename),
    aliases: null,
    created_at: now,
    used_at: now,
  };
  await deps.files.putUpload({ workspaceId, sha256 }, given.bytes);
  await putUpload(deps.db, row);
  return describeUpload(row);
}

function describeUpload({ sha256, size, media_type, filename }: UploadRow): Upload {
  return { id: sha256, sha256, size, media_type, filename, url: `/api/uploads/${sha256}` };
}

/** The stored file, if it is the workspace's own. */
export async function openUpload(
  deps: UploadDeps,
  principal: Principal,
  id: string,
): Promise<{ upload: Upload; file: StoredFile }> {
  const row = sha256Schema.safeParse(id).success
    ? await findUpload(deps.db, principal.workspace_id, id)
    : undefined;
  if (!row || !can(principal, "runs:read", row)) throw notFound("upload");
  const file = await deps.files.getUpload({ workspaceId: row.workspace_id, sha256: row.sha256 });
  if (!file) throw notFound("upload");
  return { upload: describeUpload(row), file };
}
