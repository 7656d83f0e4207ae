import { beforeEach, expect, it } from "vitest";
import { runIdSchema, workspaceIdSchema } from "#contract/ids";
import type { RunPrincipal } from "#contract/access/access";
import { verifies } from "../../test/verifies.ts";
import type { ScriptWish } from "../attempts/attempt-api.ts";
import type { GateReply } from "../tools/gate-api.ts";
import { buildComposioAnswer } from "./build-answer.ts";
import { callForScript, executeForScript } from "./service.ts";
import type { ScriptToolDeps } from "./service.ts";

const body = "0".repeat(26);
const principal: RunPrincipal = {
  kind: "run",
  id: runIdSchema.parse(`run_${body}`),
  workspace_id: workspaceIdSchema.parse(`wsp_${body}`),
  attempt: 1,
  launch: 1,
  scopes: [],
};
const approvalId = `apr_${body}`;
const held: GateReply = { kind: "held", approval_id: approvalId };
const asked = {
  key: null,
  place: { app_tool: "GMAIL_SEND_EMAIL", account: null },
  arguments: { to: "ada@example.com" },
};

let now: number;
let wishes: ScriptWish[];
/** What the gate answers, one after the other; the last one stays. */
let replies: GateReply[];

const deps: ScriptToolDeps = {
  clock: () => now,
  sleep: async (ms) => void (now += ms),
  findWriter: async () => ({ workspace_id: principal.workspace_id, permit: "granted" }),
  attempt: () => ({
    listForScript: async () => [],
    callForScript: async (_of, wish) => {
      wishes.push(wish);
      const reply = (replies.length > 1 ? replies.shift() : replies[0]) ?? held;
      return { call_id: wish.call_id ?? "call_1", tool: "gmail__GMAIL_SEND_EMAIL", reply };
    },
  }),
};

beforeEach(() => {
  now = 0;
  wishes = [];
  replies = [held];
});

it("a script of the first Floom is answered once a person has agreed, for the one call that it made", async () => {
  verifies("script-tools:compat:composio-execute");
  const answer: GateReply = { kind: "answered", edited: false, answer: { ok: true, content: { id: "m1" } } };
  replies = [held, { kind: "later", retry_at: 0 }, held, answer];
  expect(await executeForScript(deps, principal, asked)).toEqual({
    successful: true,
    data: { id: "m1" },
    error: null,
    code: null,
    approval_id: null,
  });
  expect(wishes.map(({ call_id }) => call_id)).toEqual([null, "call_1", "call_1", "call_1"]);
});

it("where nobody decides within its patience it is told whom to wait for", async () => {
  verifies("script-tools:compat:composio-execute");
  const answer = await executeForScript(deps, principal, asked);
  expect(answer).toMatchObject({
    successful: false,
    data: null,
    code: "tool_requires_approval",
    approval_id: approvalId,
    error: expect.stringMatching(/^tool_requires_approval: .*apr_/) as string,
  });
  expect(now).toBeLessThanOrEqual(25_000);
});

it("failures keep what came back with them, and refusals their code", () => {
  verifies("script-tools:compat:composio-execute");
  const of = { call_id: "call_1", tool: "gmail__GMAIL_SEND_EMAIL" };
  const failed = { ok: false, code: "tool_error", message: "No.", retryable: false, sent: true } as const;
  const reply = { kind: "answered", edited: false, answer: { ...failed, content: { why: 1 } } } as const;
  expect(buildComposioAnswer({ ...of, reply })).toMatchObject({
    successful: false,
    data: { why: 1 },
    error: "tool_error: No.",
  });
  const denied = { kind: "denied", code: "tier_forbids", message: "Not by tier 1." } as const;
  expect(buildComposioAnswer({ ...of, reply: denied })).toMatchObject({
    successful: false,
    code: "tier_forbids",
  });
});

it("an id that names another call is a conflict, and who is not the run's script now is told so", async () => {
  verifies("script-tools:calls:once");
  replies = [{ kind: "denied", code: "call_id_reused", message: "" }];
  await expect(callForScript(deps, principal, asked)).rejects.toMatchObject({ code: "idempotency_conflict" });
  const permit = (change: Awaited<ReturnType<ScriptToolDeps["findWriter"]>>) =>
    callForScript({ ...deps, findWriter: async () => change }, principal, asked);
  const { workspace_id } = principal;
  await expect(permit(null)).rejects.toMatchObject({ code: "not_found" });
  await expect(permit({ workspace_id: "wsp_2", permit: "granted" })).rejects.toMatchObject({
    code: "not_found",
  });
  await expect(permit({ workspace_id, permit: "ended" })).rejects.toMatchObject({ code: "run_finished" });
  await expect(permit({ workspace_id, permit: "stale" })).rejects.toMatchObject({ code: "stale_attempt" });
});
