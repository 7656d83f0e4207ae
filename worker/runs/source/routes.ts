import type { compatRunRoutes } from "#contract/compat/routes";
import { attachmentDisposition } from "../../http/attachment.ts";
import type { RouteHandlers } from "../../http/mount.ts";
import { requireRun } from "../read/read-run.ts";
import { streamEvents } from "../read/stream.ts";
import { openRunBundle, openRunBundleFile } from "./service.ts";
import type { SourceDeps } from "./service.ts";

type Handlers = RouteHandlers<typeof compatRunRoutes, SourceDeps>;

const stream: Handlers["streamRun"] & Handlers["streamRunLogs"] = async (
  deps,
  { params, principal, context },
) => {
  const view = await requireRun(deps, principal, params.run);
  return streamEvents(deps, { runId: view.detail.id, request: context.request });
};

export const compatRunHandlers: Handlers = {
  streamRun: stream,
  streamRunLogs: stream,
  async downloadRunBundle(deps, { params, principal }) {
    const { name, file } = await openRunBundle(deps, principal, params.run);
    return new Response(file.body, {
      headers: {
        "content-type": "application/zip",
        "content-length": String(file.size),
        "content-disposition": attachmentDisposition(name),
      },
    });
  },
  async downloadRunBundleFile(deps, { params, principal }) {
    const file = await openRunBundleFile(deps, principal, { runId: params.run, path: params.file });
    const bytes = await file.read();
    return new Response(new Blob([new Uint8Array(bytes)]).stream(), {
      headers: {
        // Its author's text is never shown as a page of ours.
        "content-type": "application/octet-stream",
        "content-length": String(bytes.byteLength),
        "content-disposition": attachmentDisposition(file.path.split("/").pop() ?? file.path),
      },
    });
  },
};
