import { env } from "cloudflare:workers";
import { expect, it } from "vitest";
import { allScopes } from "#contract/access/access";
import type { Principal } from "#contract/access/access";
import type { WorkspaceId } from "#contract/ids";
import { uploadSchema } from "#contract/workers/worker";
import { verifies } from "../../test/verifies.ts";
import { createDb } from "../platform/db/client.ts";
import { createFiles } from "../platform/files.ts";
import { createUpload, openUpload } from "./service.ts";
import type { UploadDeps } from "./service.ts";

const deps = (): UploadDeps => ({ db: createDb(env.DB), files: createFiles(env.FILES), clock: () => 1_000 });
const principalOf = (letter: string): Principal => ({
  kind: "token",
  workspace_id: `wsp_${letter.repeat(26)}` as WorkspaceId,
  id: "tok_test",
  owner: true,
  user_id: null,
  role: "owner",
  scopes: [...allScopes],
});
const bytes = new TextEncoder().encode("a,b\n1,2\n");
const sha256 = "492a2ae1ccd8f9aff14d7fd1de95c8fc13bc0a8f8d9a0d2c8d4ef4dbe6f4ed4c";

it("a file comes back byte for byte under the hash of its content, once however often it is sent", async () => {
  verifies("registry:uploads:kept-by-content");
  const first = await createUpload(deps(), principalOf("0"), {
    filename: "C:\\x\\a.csv",
    mediaType: "text/csv; a=b",
    bytes,
  });
  expect(uploadSchema.parse(first)).toMatchObject({
    size: 8,
    media_type: "text/csv",
    filename: "a.csv",
    id: first.sha256,
  });
  const again = await createUpload(deps(), principalOf("0"), {
    filename: "b.csv",
    mediaType: "text/csv",
    bytes,
  });
  expect(again).toMatchObject({ id: first.id, filename: "b.csv" });
  const { upload, file } = await openUpload(deps(), principalOf("0"), first.id);
  expect(upload).toEqual(again);
  expect(await file.bytes()).toEqual(bytes);
});

it("a file of another workspace, an unknown hash and no hash read the same", async () => {
  verifies("registry:deploys:other-workspace-unseen");
  const { id } = await createUpload(deps(), principalOf("0"), { filename: "a", mediaType: "", bytes });
  for (const attempt of [id, sha256, "../x"]) {
    await expect(openUpload(deps(), principalOf("1"), attempt)).rejects.toMatchObject({
      code: "not_found",
      message: "There is no such upload in this workspace.",
    });
  }
});
