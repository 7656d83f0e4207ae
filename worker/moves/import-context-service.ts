// Owns how a context arrives: made where there is none, then version by version.
// Never touches a context that holds anything which is not in the archive.
// Writes by the contexts' own services alone.
import { limits } from "#contract/limits";
import type { ImportItem } from "#contract/moves/move";
import { addArrivingVersion, findArrivedContext } from "../contexts/move-service.ts";
import { createContext } from "../contexts/service.ts";
import { AppError } from "../platform/app-error.ts";
import { archivePaths, contextDocument, filesOfVersion } from "./archive-document.ts";
import type { ArchivedContext } from "./archive-document.ts";
import { item } from "./import-run.ts";
import type { ImportRun } from "./import-run.ts";
import { judgeArrivingVersion } from "./plan-import.ts";

const OTHER = "A context of this name is there already, with other files. It was left alone.";

async function lookUp({ deps, principal, reader }: ImportRun, name: string) {
  const [archived, arrived] = await Promise.all([
    reader.document(archivePaths.context(name), contextDocument),
    findArrivedContext(deps, principal, name),
  ]);
  return { archived, arrived };
}

/** Makes the context, without files yet. */
export async function importContext(run: ImportRun, { name }: { name: string }): Promise<ImportItem[]> {
  const { deps, principal, options } = run;
  const { archived, arrived } = await lookUp(run, name);
  if (arrived !== null) {
    const isOfArchive = arrived.digests.every((digest) =>
      archived.versions.some((one) => one.digest === digest),
    );
    if (!isOfArchive) return [item("context", name, { outcome: "refused", detail: OTHER })];
    return [item("context", name, { outcome: "there" })];
  }
  const { kind, description, category, visibility, sensitive, writeable } = archived;
  const settings = { kind, description, category, visibility, sensitive, writeable };
  if (!options.dry_run) await createContext(deps.contexts, principal, { name, ...settings });
  return [item("context", name, { outcome: "made" })];
}

/** Makes the context's next version of an archived one. */
export async function importContextVersion(
  run: ImportRun,
  { name, version }: { name: string; version: number },
): Promise<ImportItem[]> {
  const { deps, principal, options } = run;
  const { archived, arrived } = await lookUp(run, name);
  const index = archived.versions.findIndex((one) => one.number === version);
  const said = `${name} version ${version}`;
  const digests = archived.versions.map(({ digest }) => digest);
  const arrival = judgeArrivingVersion(digests, index, arrived && arrived.digests);
  if (arrival === "there") return [item("context", said, { outcome: "there" })];
  if (arrival === "other") return [item("context", said, { outcome: "refused", detail: OTHER })];
  if (arrived === null && !options.dry_run)
    return [item("context", said, { outcome: "refused", detail: "Its context was not made." })];
  const files = filesOfVersion(archived, version);
  if (!options.dry_run) {
    await addArrivingVersion(deps.contexts, principal, {
      name,
      message: archived.versions[index]?.message ?? "",
      files: files.map((file) => ({
        path: file.path,
        size: file.size,
        read: () => readContent(run, name, file),
      })),
      hashes: new Map(files.map(({ path, sha256 }) => [path, sha256])),
      allow: options.allow,
    });
  }
  return [item("context", said, { outcome: "made" })];
}

async function readContent(
  { reader }: ImportRun,
  name: string,
  { path, sha256, size }: ArchivedContext["files"][number],
): Promise<Uint8Array> {
  const most = Math.min(size, limits.context_file_bytes.value);
  const bytes = await reader.bytes(archivePaths.content(name, sha256), most);
  if (bytes.byteLength === size) return bytes;
  throw new AppError("invalid_archive", `${path} of ${name} is not as large as the archive says.`);
}
