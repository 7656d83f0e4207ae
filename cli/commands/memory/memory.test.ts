import { afterEach, expect, it } from "vitest";
import { feedbackIdSchema, learningIdSchema, workerNameSchema } from "#contract/ids";
import type { Feedback, LearningSummary } from "#contract/memory/memory";
import { callCli } from "../../../test/support/cli-host.ts";
import { startFakeEdge } from "../../../test/support/fake-edge.ts";
import type { FakeEdge } from "../../../test/support/fake-edge.ts";
import { numberedId } from "../../../test/support/numbered-id.ts";

let edge: FakeEdge | undefined;
afterEach(async () => {
  await edge?.close();
});

const time = "2026-03-02T09:00:00.000Z";
const worker_id = workerNameSchema.parse("research-brief");
const learning = (number: number): LearningSummary => ({
  id: learningIdSchema.parse(numberedId("run", number).replace("run_", "lrn_")),
  worker_id,
  run_id: numberedId("run", 1),
  learning: `Sources ${number} want a date.`,
  source: null,
  state: "proposed",
  why_waiting: "The run had read what comes from outside before it learned this.",
  created_at: time,
  decided_by: null,
  decided_at: null,
});
const rule: Feedback = {
  id: feedbackIdSchema.parse(numberedId("run", 7).replace("run_", "wfb_")),
  worker_id,
  text: "Name the date.",
  status: "active",
  created_by: "tok_1",
  created_at: time,
  resolved_by: null,
  resolved_at: null,
};

it("lists learnings of all pages, and says why some wait", async () => {
  edge = await startFakeEdge({
    listLearnings: ({ query }) =>
      query["cursor"] === undefined
        ? { learnings: [learning(2)], next_cursor: "next" }
        : { learnings: [learning(1)], next_cursor: null },
  });
  const args = ["learnings", "list", "research-brief", "--waiting"];
  const { stdout, stderr } = await callCli(args, { edge });
  expect(stdout).toContain("Sources 2 want a date.");
  expect(stdout).toContain("Sources 1 want a date.");
  expect(stderr).toContain("had read what comes from outside");
  expect(edge.requests.map(({ query }) => query["state"])).toEqual(["proposed", "proposed"]);
});

it("keeps and drops a learning by the person's word", async () => {
  edge = await startFakeEdge({
    reviewLearning: ({ body }) => ({
      ...learning(1),
      state: body.toString().includes("keep") ? "kept" : "dropped",
    }),
  });
  const kept = await callCli(["learnings", "keep", "research-brief", learning(1).id], { edge });
  expect(kept.stdout).toContain("Kept: Sources 1");
  const dropped = await callCli(["learnings", "drop", "research-brief", learning(1).id, "--json"], { edge });
  expect(JSON.parse(dropped.stdout)).toMatchObject({ state: "dropped" });
});

it("adds, lists and resolves rules", async () => {
  edge = await startFakeEdge({
    addFeedback: () => rule,
    listFeedback: () => [rule],
    resolveFeedback: () => ({ ...rule, status: "resolved" as const }),
  });
  const added = await callCli(["feedback", "add", "research-brief", "Name the date."], { edge });
  expect(added.stdout).toContain(`Added ${rule.id}`);
  expect(JSON.parse(String(edge.requests.at(-1)?.body))).toEqual({ text: "Name the date." });
  expect((await callCli(["feedback", "list", "research-brief"], { edge })).stdout).toContain(
    "Name the date.",
  );
  const resolved = await callCli(["feedback", "resolve", "research-brief", rule.id], { edge });
  expect(resolved.stdout).toContain("Resolved: Name the date.");
});
