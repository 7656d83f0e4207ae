import { expect, it } from "vitest";
import { limits } from "#contract/limits";
import { UploadAllowance } from "./upload-allowance.ts";

it("every file a run may leave can be sent twice, and no more than that", () => {
  const allowance = new UploadAllowance();
  for (let i = 0; i < 2 * limits.artifacts_per_run.value; i++) expect(allowance.take(1)).toBe(true);
  expect(allowance.take(1)).toBe(false);
});

it("bytes run out before files do when files are large", () => {
  const allowance = new UploadAllowance();
  const size = limits.artifact_bytes.value;
  const most = Math.floor((2 * limits.artifacts_total_bytes.value) / size);
  for (let i = 0; i < most; i++) expect(allowance.take(size)).toBe(true);
  expect(allowance.take(size)).toBe(false);
});
