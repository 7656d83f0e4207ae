import { routes } from "#contract/routes";
import { buildAttempts } from "../../model/attempt.ts";
import type { Area } from "../../model/attempt.ts";
import { describeAnswer } from "../../stage/knock.ts";
import type { Stage } from "../../stage/stage.ts";
import { createHook, deliver, hookFiles, runOf } from "./webhooks.ts";

const AREA = "open-hooks";
const CONTROL = `${AREA}:control-open`;
const waiting = `import json
from pathlib import Path

ask = {"key": "paid", "label": "Wait for the payment", "timeout_seconds": 600}
Path("result.json").write_text(json.dumps({"status": "success", "await_external": ask}))
`;

/** Hooks that let anybody start runs: what else do they let in? */
export const openHooksArea: Area<Stage> = {
  name: AREA,
  controls: [{ id: CONTROL, works: ["200*", "202*"] }],
  attempts: buildAttempts({ area: AREA, kind: "outside", control: CONTROL }, [
    {
      id: "address",
      wants: "Come from an address that is let in, by saying so in a header.",
      refusals: ["404 hook_refused"],
    },
    {
      id: "credentials",
      wants: "Have the sender's credentials kept with a delivery.",
      refusals: ["not kept"],
    },
    {
      id: "page",
      wants: "Have a page of one's own answered from the edge's address.",
      refusals: ["no page"],
    },
    {
      id: "resume",
      wants: "End a wait for something outside through a hook that is open to start runs.",
      refusals: ["404*", "401*", "403*", "409*"],
    },
    {
      id: "resume-paused",
      wants: "The same while that hook is paused.",
      refusals: ["404*", "401*", "403*", "409*"],
    },
    {
      id: "paused",
      wants: "Start a run by a hook that is paused.",
      refusals: ["409*", "404*", "202 no run"],
    },
  ]),
  look: async (stage) => {
    const seen = new Map<string, string>();
    const set = (id: string, saw: string): void => void seen.set(`${AREA}:${id}`, saw);
    const worker = stage.yard.name("open-hook");
    await stage.yard.push(worker, hookFiles(worker));
    const signature = { scheme: "none" } as const;
    const closed = await createHook(stage, worker, { signature, allow_ips: ["192.0.2.7"] });
    const claimed = {
      "cf-connecting-ip": "192.0.2.7",
      "x-forwarded-for": "192.0.2.7",
      "x-real-ip": "192.0.2.7",
    };
    const stranger = await deliver(stage, { hook: closed.id, body: '{"of":"address"}', headers: claimed });
    set("address", describeAnswer(stranger));
    await lookAtAnswer(stage, worker, seen);
    await lookAtWait(stage, set);
    return seen;
  },
};

async function lookAtAnswer(stage: Stage, worker: string, seen: Map<string, string>): Promise<void> {
  const set = (id: string, saw: string): void => void seen.set(`${AREA}:${id}`, saw);
  const reply = {
    mode: "custom",
    status: 200,
    content_type: "text/xml",
    headers: {},
    body: "{{payload.page}}",
    wait_seconds: 0,
  } as const;
  const hook = await createHook(stage, worker, { signature: { scheme: "none" }, reply });
  const answer = await deliver(stage, {
    hook: hook.id,
    body: JSON.stringify({ page: "<script>alert(1)</script>" }),
    headers: {
      authorization: "Bearer SENDER-SECRET",
      cookie: "a=SENDER-SECRET",
      "x-api-key": "SENDER-SECRET",
    },
  });
  seen.set(CONTROL, describeAnswer(answer));
  const policy = String(answer.headers["content-security-policy"] ?? "");
  const isSealed = answer.headers["x-content-type-options"] === "nosniff" && policy.includes("sandbox");
  set("page", answer.text.includes("<script>") && !isSealed ? "a page with a script" : "no page");
  const params = { trigger: hook.id };
  const [last] = (await stage.client.call(routes.listDeliveries, { params })).deliveries;
  const detail = last
    ? await stage.client.call(routes.getDelivery, { params: { ...params, delivery: last.id } })
    : null;
  const isKept = JSON.stringify(detail).includes("SENDER-SECRET");
  set("credentials", detail === null ? "there is no delivery" : isKept ? "kept" : "not kept");
  await stage.client.call(routes.pauseTrigger, { params });
  const paused = await deliver(stage, { hook: hook.id, body: '{"of":"paused"}' });
  set("paused", paused.status === 202 && runOf(paused) === "none" ? "202 no run" : describeAnswer(paused));
}

/** A run that waits for something outside, in a worker whose hook is open to start runs. */
async function lookAtWait(stage: Stage, set: (id: string, saw: string) => void): Promise<void> {
  const worker = stage.yard.name("waits");
  await stage.yard.push(worker, {
    "worker.yml": `schema_version: "0.3"\nname: ${worker}\ntitle: Waits\nversion: 0.1.0\nexec:\n  entry: run.py\n  runtime: python311\n`,
    "run.py": waiting,
  });
  const hook = await createHook(stage, worker, { signature: { scheme: "none" } });
  const resume = async (id: string): Promise<void> => {
    const run = await stage.yard.run(worker, {}, { until: "pending_approval", patienceMs: 30_000 });
    if (run.status !== "pending_approval") return set(id, `the run does not wait: ${run.status}`);
    const body = JSON.stringify({ key: "paid", run_id: run.id, by: "a stranger" });
    set(id, describeAnswer(await deliver(stage, { body, path: `/webhooks/${worker}/resume` })));
    await stage.yard.cancel(run.id);
  };
  await resume("resume");
  await stage.client.call(routes.pauseTrigger, { params: { trigger: hook.id } });
  await resume("resume-paused");
}
