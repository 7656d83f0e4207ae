import type { contextRoutes } from "#contract/contexts/routes";
import { attachmentDisposition } from "../http/attachment.ts";
import type { RouteHandlers } from "../http/mount.ts";
import { readBytes } from "../http/read-body.ts";
import { describeError, log } from "../platform/log.ts";
import {
  deleteContextFile,
  moveContextFile,
  putContextFile,
  restoreContextFile,
  rollbackContext,
  uploadContext,
} from "./file-service.ts";
import {
  getContext,
  getContextVersion,
  listContextFileVersions,
  listContextVersions,
  openContextArchive,
  openContextFile,
  scanContext,
} from "./read-service.ts";
import { createContext, deleteContext, listContexts, renameContext, setContext } from "./service.ts";
import type { ContextDeps } from "./service.ts";

/** A file as browsers are to take it: saved, never shown, whatever its name says that it is. */
function answerFile(path: string, { file, sha256 }: Awaited<ReturnType<typeof openContextFile>>): Response {
  return new Response(file.body, {
    headers: {
      "content-type": "application/octet-stream",
      "content-length": String(file.size),
      "content-disposition": attachmentDisposition(path.split("/").at(-1) ?? "file"),
      "cache-control": "no-store",
      etag: `"${sha256}"`,
    },
  });
}

const versionText = (version: number | undefined) => (version === undefined ? null : String(version));

export const contextHandlers: RouteHandlers<typeof contextRoutes, ContextDeps> = {
  listContexts: (deps, { principal }) => listContexts(deps, principal),
  createContext: (deps, { principal, params, json }) =>
    createContext(deps, principal, { name: params.context, ...json }),
  getContext: (deps, { principal, params, query }) =>
    getContext(deps, principal, { name: params.context, pathPrefix: query.path_prefix }),
  async deleteContext(deps, { principal, params, query }) {
    await deleteContext(deps, principal, { name: params.context, force: query.force });
    return undefined;
  },
  setContextCategory: (deps, { principal, params, json }) =>
    setContext(deps, principal, { name: params.context, category: json.category }),
  setContextVisibility: (deps, { principal, params, json }) =>
    setContext(deps, principal, { name: params.context, visibility: json.visibility }),
  setContextSensitive: (deps, { principal, params, json }) =>
    setContext(deps, principal, { name: params.context, sensitive: json.sensitive }),
  setContextWriteable: (deps, { principal, params, json }) =>
    setContext(deps, principal, { name: params.context, writeable: json.writeable }),
  renameContext: (deps, { principal, params, query, json }) =>
    renameContext(deps, principal, { name: params.context, to: json.name, force: query.force }),
  moveContextFile: (deps, { principal, params, json }) =>
    moveContextFile(deps, principal, { name: params.context, from: json.from, to: json.to, base: json.base }),
  async uploadContext(deps, { principal, params, query, context }) {
    const zip = await readBytes(context.request, "context_zip_bytes");
    const { allow, mirror, base } = query;
    return uploadContext(deps, principal, { name: params.context, zip, allow, mirror, base });
  },
  async downloadContext(deps, { principal, params, query, context }) {
    const of = { name: params.context, version: versionText(query.version) };
    const { row, write } = await openContextArchive(deps, principal, of);
    const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
    context.waitUntil(
      write(writable).catch(async (error: unknown) => {
        log("error", "context.download_failed", { context_id: row.id, error: describeError(error) });
        await writable.abort(error).catch(() => undefined);
      }),
    );
    return new Response(readable, {
      headers: {
        "content-type": "application/zip",
        "content-disposition": attachmentDisposition(`${row.name}.zip`),
        "cache-control": "no-store",
      },
    });
  },
  scanContext: (deps, { principal, params }) => scanContext(deps, principal, params.context),
  listContextVersions: (deps, { principal, params }) => listContextVersions(deps, principal, params.context),
  getContextVersion: (deps, { principal, params }) =>
    getContextVersion(deps, principal, { name: params.context, version: params.version }),
  rollbackContext: (deps, { principal, params, query }) =>
    rollbackContext(deps, principal, { name: params.context, version: params.version, base: query.base }),
  listContextFileVersions: (deps, { principal, params }) =>
    listContextFileVersions(deps, principal, { name: params.context, path: params.file }),
  async getContextFileVersion(deps, { principal, params }) {
    const of = { name: params.context, path: params.file, version: params.version };
    return answerFile(of.path, await openContextFile(deps, principal, of));
  },
  restoreContextFile: (deps, { principal, params, query }) =>
    restoreContextFile(deps, principal, {
      name: params.context,
      path: params.file,
      version: params.version,
      base: query.base,
    }),
  async getContextFile(deps, { principal, params, query }) {
    const of = { name: params.context, path: params.file, version: versionText(query.version) };
    return answerFile(of.path, await openContextFile(deps, principal, of));
  },
  async putContextFile(deps, { principal, params, query, context }) {
    const bytes = await readBytes(context.request, "context_file_bytes");
    const { allow, base } = query;
    return putContextFile(deps, principal, { name: params.context, path: params.file, bytes, allow, base });
  },
  deleteContextFile: (deps, { principal, params, query }) =>
    deleteContextFile(deps, principal, { name: params.context, path: params.file, base: query.base }),
};
