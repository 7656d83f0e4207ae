import { env } from "cloudflare:workers";
import { drizzle } from "drizzle-orm/d1";
import { expect, it } from "vitest";
import { deliveryReceiptSchema } from "#contract/hooks/delivery";
import type { Reply } from "#contract/hooks/webhook";
import { testHost } from "../../test/support/workerd/api-harness.ts";
import { listDeliveries, seedHook } from "../../test/support/workerd/hook-harness.ts";
import { verifies } from "../../test/verifies.ts";
import { hookDeps } from "../compose/trigger-deps.ts";
import type { RunObjectStub } from "../runs/record/run-api.ts";
import { answerHook } from "./answer-hook.ts";
import { findHooks } from "./hook-store.ts";
import { startDelivered } from "./hook-service.ts";
import type { HookDeps } from "./hook-service.ts";
import type { IncomingDelivery } from "./read-delivery.ts";

const delivery: IncomingDelivery = {
  body: new TextEncoder().encode("{}"),
  headers: {},
  query: {},
  method: "POST",
  content_type: "application/json",
  ip: null,
};

/** The edge, where no run's object can be read. */
function whereObjectsAre(how: "not told" | "replaced"): HookDeps {
  const fail = () => Promise.reject(new Error("Durable Object reset because its code was updated."));
  const stub = {
    fetch: async () => (how === "replaced" ? fail() : { status: 404, webSocket: null }),
    read: async () => (how === "replaced" ? fail() : null),
  };
  // Time goes fast, for nobody is to wait for an object that is quick to come.
  let passed = 0;
  const clock = () => Date.now() + (passed += 5000);
  return { ...hookDeps(testHost), clock, runObject: () => stub as unknown as RunObjectStub };
}

const replies: Reply[] = [
  { mode: "wait", seconds: 0.02 },
  {
    mode: "custom",
    status: 202,
    content_type: "application/json",
    headers: {},
    body: '{"run_id":"{{run.id}}"}',
    wait_seconds: 0.02,
  },
];
const cases = replies.flatMap((reply) =>
  (["not told", "replaced"] as const).map((how) => ({ mode: reply.mode, how, reply })),
);

it.each(cases)(
  "a sender that waits ($mode) is told of the run that was accepted, also when its object is $how",
  async ({ how, reply }) => {
    verifies("webhooks:reply:accepted-stays-accepted");
    const seeded = await seedHook({ spec: { reply } });
    const [hook] = await findHooks(drizzle(env.DB), { triggerId: seeded.triggerId });
    if (!hook) throw new Error("The hook is not there.");
    const opened = { hook, scheme: hook.spec.signature, delivery };
    const { taken, run } = await startDelivered(whereObjectsAre(how), opened);
    const answer = answerHook(hook.spec.reply, taken, { run, payload: {} });
    expect(answer.status).toBe(202);
    const said = deliveryReceiptSchema.partial().parse(await answer.json());
    const [noted] = await listDeliveries(seeded);
    expect(said.run_id).toBe(noted?.run_id);
    expect(said.run_id).toMatch(/^run_/);
  },
);
