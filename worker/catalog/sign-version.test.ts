import { expect, it } from "vitest";
import { versionIdSchema, workerIdSchema, workspaceIdSchema } from "#contract/ids";
import { parseManifest } from "../registry/parse-manifest.ts";
import { requireReleased, signVersion } from "./sign-version.ts";
import type { VersionRow } from "./store.ts";

const zeros = "0".repeat(26);
const keys = { signingKey: "k".repeat(32), earlierSigningKeys: ["e".repeat(32)] };
const source = 'schema_version: "0.3"\nname: signed\ntitle: Signed\nversion: 1.0.0\nexec:\n  entry: run.py\n';

async function version(key = keys.signingKey, change: Partial<VersionRow> = {}): Promise<VersionRow> {
  const { manifest } = parseManifest(source);
  if (manifest === null) throw new Error("the manifest is wrong");
  const row = {
    id: versionIdSchema.parse(`ver_${zeros}`),
    workspace_id: workspaceIdSchema.parse(`wsp_${zeros}`),
    worker_id: workerIdSchema.parse(`wrk_${zeros}`),
    number: 1,
    digest: "d".repeat(64),
    manifest,
    file_count: 1,
    size_bytes: 1,
    created_at: 0,
    pushed_by: null,
    template: null,
    state: "active" as const,
    decided_by: null,
    decided_at: null,
    decision_reason: null,
    ...change,
  };
  return { ...row, signature: await signVersion(key, row) };
}

it("believes its own key and earlier ones, and no other", async () => {
  await requireReleased(keys, await version());
  await requireReleased(keys, await version("e".repeat(32)));
  await expect(requireReleased(keys, await version("x".repeat(32)))).rejects.toMatchObject({
    code: "signature_invalid",
  });
});

it.each(["quarantined", "retired", "rejected"] as const)("lets nothing pass that is %s", async (state) => {
  await expect(requireReleased(keys, await version(keys.signingKey, { state }))).rejects.toMatchObject({
    code: "version_not_released",
  });
});

it("lets a version pass that is older than signatures, unless somebody has decided on it", async () => {
  const older = { ...(await version()), signature: "older" };
  await requireReleased(keys, older);
  await expect(requireReleased(keys, { ...older, decided_at: 1 })).rejects.toMatchObject({
    code: "signature_invalid",
  });
});
