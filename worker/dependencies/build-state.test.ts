import { expect, it } from "vitest";
import { numberedId } from "../../test/support/numbered-id.ts";
import { buildStateDocument } from "./build-state.ts";

it("a build that was under way before templates were built is one of dependencies, in the sandbox of then", () => {
  const order = {
    workspace_id: numberedId("wsp", 1),
    worker_id: numberedId("wrk", 1),
    bundle_digest: "b".repeat(64),
    install_timeout_seconds: 180,
  };
  const rest = {
    phase: "building",
    phase_since: 1,
    attempt: 1,
    losses: 0,
    sandbox_id: "sbx",
    retry_at: 1,
    refusals: 0,
    refusal: null,
    lines: [],
    archive: null,
  };
  const read = buildStateDocument.read({ schema: 1, order, ...rest });
  expect(read).toEqual({ order: { kind: "dependencies", sandbox_template: null, ...order }, ...rest });
  expect(buildStateDocument.read(buildStateDocument.write(read))).toEqual(read);
});
