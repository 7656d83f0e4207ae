import { env } from "cloudflare:workers";
import { runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { expect, it } from "vitest";
import { runDetailSchema } from "#contract/runs/run";
import type { CreatedTrigger, Trigger } from "#contract/triggers/trigger";
import { workerSummarySchema } from "#contract/workers/worker";
import { callApi, runTokenOf, testHost } from "../../test/support/workerd/api-harness.ts";
import { resultEntry } from "../../test/support/workerd/engine-harness.ts";
import { toJournal } from "../../test/support/workerd/fake-driver.ts";
import { seedMember, signIn } from "../../test/support/workerd/people.ts";
import { verifies } from "../../test/verifies.ts";
import { approvalDeps } from "../compose/run-deps.ts";
import { signSample } from "../hooks/sign-sample.ts";
import { attempt } from "../platform/attempt.ts";
import { decideRun } from "./service.ts";

const asking = {
  decision_required: { label: "Send", preview: "Hello", preview_type: "email" },
  outputs: { body: "Hello" },
};

/** Members of the owner's workspace, each by the letter they are told apart by: a token of theirs, to make things with. */
async function seedPeople(): Promise<Record<"ada" | "bob" | "eve", Person>> {
  await callApi("GET", "/api/runs");
  const seed = async (letter: string) => ({ letter, token: await seedMember(letter, "editor") });
  const [ada, bob, eve] = await Promise.all([seed("a"), seed("b"), seed("e")]);
  return { ada, bob, eve };
}

interface Person {
  letter: string;
  token: string;
}

/** Pushes a worker that asks, and of whose runs nobody may approve their own. Answers its uid. */
async function push(token: string, { triggers = "[]", script = "print(1)" } = {}): Promise<string> {
  const worker_yml = `schema_version: "0.3"
name: four-eyes
title: Four eyes
description: Asks before it acts
version: "1.0.0"
approvals: {required: true, label: Send, not_by_requester: true}
exec:
  entry: run.py
  command: python run.py
triggers: ${triggers}
`;
  const json = { worker_yml, run_py: script };
  const seen = await callApi("GET", "/api/workers/four-eyes", { token });
  const pushed =
    seen.status === 200
      ? await callApi("PUT", "/api/workers/four-eyes", { json, token })
      : await callApi("POST", "/api/workers", { json, token });
  const { worker } = (await pushed.json()) as { worker: unknown };
  return workerSummarySchema.parse(worker).uid;
}

/** Lets the run ask, or wait for something outside. */
async function letAsk(runId: string, result: Parameters<typeof resultEntry>[0] = asking): Promise<void> {
  const read = async () => runDetailSchema.parse(await (await callApi("GET", `/api/runs/${runId}`)).json());
  await expect.poll(async () => (await read()).attempt).toBe(1);
  const posted = await callApi("POST", `/api/runs/${runId}/runner/journal?attempt=1&offset=0`, {
    token: await runTokenOf(runId),
    headers: { "content-type": "application/x-ndjson" },
    body: toJournal([resultEntry(result)]) as BodyInit,
  });
  expect(posted.status).toBe(200);
  await expect.poll(async () => (await read()).status).toBe("pending_approval");
}

/** What somebody is told who is signed in and approves: `approved`, or why not. */
async function approve(runId: string, { letter }: Person): Promise<string> {
  const decision = { runId, verdict: "approved" as const, body: {} };
  const decided = await attempt(async () =>
    decideRun(approvalDeps(testHost), await signIn(letter), decision),
  );
  return decided.ok ? decided.value.status : decided.refusal.code;
}

async function deliver(hook: { id: string; secret: string }): Promise<string> {
  const answer = await post(`/hooks/${hook.id}`, hook.secret, { n: crypto.randomUUID() });
  expect(answer.status).toBe(202);
  return ((await answer.json()) as { run_id: string }).run_id;
}

async function post(path: string, secret: string, json: object): Promise<Response> {
  const body = JSON.stringify(json);
  const sample = { secret, id: crypto.randomUUID(), body, nowMs: Date.now() };
  const headers = await signSample({ scheme: "standard", tolerance_seconds: 300 }, sample);
  return callApi("POST", path, { token: "", headers, body });
}

it("who made a webhook may not approve the runs it starts, nor who was shown a secret of it that is still good", async () => {
  verifies("approvals:rules:not-by-requester");
  const { ada, bob, eve } = await seedPeople();
  await push(eve.token);
  const made = await callApi("POST", "/api/workers/four-eyes/triggers", {
    json: { type: "webhook" },
    token: ada.token,
  });
  const hook = (await made.json()) as CreatedTrigger;
  const first = await deliver({ id: hook.id, secret: hook.secret ?? "" });
  await letAsk(first);
  expect(await approve(first, ada)).toBe("approval_own_request");
  expect(await approve(first, bob)).toBe("approved");

  const path = `/api/triggers/${hook.id}/secret/rotate`;
  const rotated = await callApi("POST", path, { json: { overlap_seconds: 0 }, token: bob.token });
  const { secret } = (await rotated.json()) as { secret: string };
  const second = await deliver({ id: hook.id, secret });
  await letAsk(second);
  expect(await approve(second, bob)).toBe("approval_own_request");
  expect(await approve(second, ada)).toBe("approval_own_request");
  expect(await approve(second, eve)).toBe("approved");
});

it("who pushed a schedule or changed it may not approve the runs it starts, and others may", async () => {
  verifies("approvals:rules:not-by-requester");
  const { ada, bob, eve } = await seedPeople();
  const uid = await push(ada.token, { triggers: '[{type: schedule, cron: "0 9 * * *"}]' });
  const stub = env.WORKER_OBJECT.get(env.WORKER_OBJECT.idFromName(uid));
  const listed = await callApi("GET", "/api/workers/four-eyes/triggers");
  const [trigger] = (await listed.json()) as Trigger[];
  const comeDue = async () => {
    await runInDurableObject(stub, (_object, state) => {
      state.storage.sql.exec("UPDATE schedules SET next_at = ?", Date.now() - 1000).toArray();
    });
    await runDurableObjectAlarm(stub);
    const shown = await callApi("GET", `/api/triggers/${trigger?.id}/occurrences`);
    const [newest] = (await shown.json()) as { run_id: string }[];
    return newest?.run_id ?? "";
  };
  const first = await comeDue();
  await letAsk(first);
  expect(await approve(first, ada)).toBe("approval_own_request");
  expect(await approve(first, bob)).toBe("approved");

  // An unchanged schedule stays whose it was; a changed one is of who changed it, too.
  await push(eve.token, { triggers: '[{type: schedule, cron: "0 9 * * *"}]', script: "print(2)" });
  await push(bob.token, { triggers: '[{type: schedule, cron: "0 8 * * *"}]', script: "print(2)" });
  const second = await comeDue();
  await letAsk(second);
  expect(await approve(second, ada)).toBe("approval_own_request");
  expect(await approve(second, bob)).toBe("approval_own_request");
  expect(await approve(second, eve)).toBe("approved");
});

it("who may have answered for something outside may not approve what follows from the answer", async () => {
  verifies("approvals:rules:not-by-requester");
  const { ada, bob } = await seedPeople();
  await push(bob.token);
  const made = await callApi("POST", "/api/workers/four-eyes/triggers", {
    json: { type: "webhook" },
    token: ada.token,
  });
  const { secret } = (await made.json()) as CreatedTrigger;
  const started = await callApi("POST", "/api/workers/four-eyes/runs", { json: {} });
  const { id } = (await started.json()) as { id: string };
  await letAsk(id, { await_external: { key: "order-1", timeout_seconds: 60 } });
  const resume = () => post("/webhooks/four-eyes/resume", secret ?? "", { key: "order-1", paid: true });
  let followUp = "";
  await expect
    .poll(async () => {
      const answer = await resume();
      followUp = ((await answer.json()) as { follow_up_run_id?: string }).follow_up_run_id ?? followUp;
      return answer.status;
    })
    .toBe(200);
  await letAsk(followUp);
  expect(await approve(followUp, ada)).toBe("approval_own_request");
  expect(await approve(followUp, bob)).toBe("approved");
});
