import type { moveRoutes } from "#contract/moves/routes";
import { attachmentDisposition } from "../http/attachment.ts";
import type { RouteHandlers } from "../http/mount.ts";
import { describeError, log } from "../platform/log.ts";
import { openExport } from "./export-service.ts";
import { beginImport, continueImport } from "./import-service.ts";
import type { MoveDeps } from "./move-deps.ts";

async function* nothing(): AsyncGenerator<Uint8Array> {}

export const moveHandlers: RouteHandlers<typeof moveRoutes, MoveDeps> = {
  async exportWorkspace(deps, { principal, query, context }) {
    const { name, write } = await openExport(deps, principal, query);
    const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
    context.waitUntil(
      write(writable).catch(async (error: unknown) => {
        log("error", "workspace.export_failed", {
          workspace_id: principal.workspace_id,
          error: describeError(error),
        });
        await writable.abort(error).catch(() => undefined);
      }),
    );
    return new Response(readable, {
      headers: {
        "content-type": "application/zip",
        "content-disposition": attachmentDisposition(`${name}.floom.zip`),
        "cache-control": "no-store",
      },
    });
  },
  importWorkspace: (deps, { principal, query, context }) => {
    // What is not read of a body that is refused is taken in by the front door.
    const body = context.request.body?.values({ preventCancel: true }) ?? nothing();
    return beginImport(deps, principal, { body, options: query });
  },
  continueImport: (deps, { principal, params, query }) => {
    const { from, ...options } = query;
    return continueImport(deps, principal, { archive: params.archive, from, options });
  },
};
