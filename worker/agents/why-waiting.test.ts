import { expect, it } from "vitest";
import { buildSampleSpec } from "../../test/support/workerd/sample-spec.ts";
import { verifies } from "../../test/verifies.ts";
import { triggerSourceSchema } from "#contract/runs/run";
import { whyWaiting } from "./why-waiting.ts";

it("has a person look at what strangers may have said, by whichever way it came", () => {
  verifies("agents:memory:reviewed");
  const own = triggerSourceSchema.options.filter(
    (trigger_source) => whyWaiting(buildSampleSpec({ trigger_source }), false) === null,
  );
  expect(own).toEqual(["manual", "schedule", "cli"]);
  const spec = buildSampleSpec();
  expect(whyWaiting(spec, true)).toContain("had read");
  const { run_id: replay_of } = spec;
  expect(whyWaiting({ ...spec, replay_of }, false)).toContain("was given");
  expect(whyWaiting({ ...spec, event: { text: "{}" } }, false)).toContain("was given");
  const lineage = {
    parent_run_id: replay_of,
    root_run_id: replay_of,
    depth: 1,
    callers: [],
    deadline_at: 0,
  };
  expect(whyWaiting({ ...spec, lineage }, false)).toContain("was given");
});
