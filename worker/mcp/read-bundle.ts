import { routes } from "#contract/routes";
import type { BundleFile } from "../registry/bundle/bundle-file.ts";
import { unpackBundle } from "../registry/unpack-bundle.ts";
import type { McpCaller } from "./caller.ts";

/** The files of a worker, of its active version unless another is said. Throws what the route refuses. */
export async function readBundle(
  caller: Pick<McpCaller, "api">,
  { worker, version }: { worker: string; version?: string | undefined },
): Promise<BundleFile[]> {
  const query = version === undefined ? {} : { version };
  const answer = await caller.api.open(routes.downloadWorkerBundle, { params: { worker }, query });
  return (await unpackBundle(new Uint8Array(await answer.arrayBuffer()))).files;
}
