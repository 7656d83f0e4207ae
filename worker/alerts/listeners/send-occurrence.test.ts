import { expect, it } from "vitest";
import { verifies } from "../../../test/verifies.ts";
import type { OutgoingMessage } from "../send-delivery.ts";
import { listenerDelaysMs, planNext } from "../retry-schedule.ts";
import { sealSigningSecret } from "../signing-secret.ts";
import { challenge, sendOccurrence } from "./send-occurrence.ts";
import type { OccurrenceDeps } from "./send-occurrence.ts";

const boxKeys = {
  signingKey: "test-signing-key-0123456789abcdef0123456789abcdef",
  earlierSigningKeys: [],
  masterKeys: null,
};
const now = Date.parse("2026-03-02T09:00:00Z");
const secret = `whsec_${btoa("s".repeat(32))}`;
const occurrence = {
  eventId: "run.finished:run_1",
  name: "run.finished",
  timestamp: "2026-03-02T09:00:00.000Z",
  data: { run_id: "run_1" },
  cursor: null,
};

async function outgoing(): Promise<OutgoingMessage> {
  const box = await sealSigningSecret(boxKeys, { alertId: "sub_1", secret });
  const target = {
    id: "sub_1",
    workspace_id: "wsp_1",
    worker_id: "wrk_1",
    url: "https://example.com/hook",
    email_to: [],
    events: [],
    signer: { kind: "sealed" as const, box },
    email_subject: null,
    listener: { event: "run.finished" as const, expires_at: now + 1 },
  };
  return { delivery_id: "dlv_1", channel: "webhook", target, body: JSON.stringify(occurrence) };
}

function buildDeps(
  answer: () => Response | Promise<Response>,
  mayHear: OccurrenceDeps["mayHear"] = async () => "yes",
) {
  const calls: { url: string; headers: Headers }[] = [];
  const deps: OccurrenceDeps = {
    clock: () => now,
    boxKeys,
    dial: async (url, init) => {
      calls.push({ url, headers: new Headers(init.headers) });
      return answer();
    },
    mayHear,
  };
  return { deps, calls };
}

it.each([
  [204, "delivered"],
  [410, "refused"],
  [413, "refused"],
  [302, "failed"],
  [404, "failed"],
  [503, "failed"],
])("an address that answers %i has %s", async (status, verdict) => {
  const { deps, calls } = buildDeps(() => new Response(null, { status }));
  expect(await sendOccurrence(deps, await outgoing())).toMatchObject({ verdict, response_sample: null });
  expect(calls[0]?.headers.get("webhook-id")).toBe("run.finished:run_1");
  expect(calls[0]?.headers.get("webhook-timestamp")).toBe(String(now / 1000));
});

it("whoever may not hear any more is sent nothing, and where nobody can say so it is tried again", async () => {
  const over = buildDeps(
    () => new Response(),
    async () => "over",
  );
  expect(await sendOccurrence(over.deps, await outgoing())).toMatchObject({ verdict: "ended" });
  const unsaid = buildDeps(
    () => new Response(),
    async () => Promise.reject(new Error("the database is away")),
  );
  expect(await sendOccurrence(unsaid.deps, await outgoing())).toMatchObject({ verdict: "failed" });
  expect([over.calls, unsaid.calls]).toEqual([[], []]);
});

it("whoever may not know any more is told that alone, once, and whatever comes of it", async () => {
  for (const answer of [() => new Response(null, { status: 204 }), () => Promise.reject(new Error("away"))]) {
    const { deps, calls } = buildDeps(answer, async () => "revoked");
    expect(await sendOccurrence(deps, await outgoing())).toMatchObject({ verdict: "ended" });
    expect(calls.map(({ headers }) => headers.get("webhook-id"))).toEqual([`msg_terminated_sub_1_${now}`]);
    expect(calls[0]?.headers.get("webhook-signature")).toMatch(/^v1,/);
  }
});

it("an event is given up within a quarter of an hour, and one that is not wanted at once", () => {
  verifies("events:webhook:given-up-soon");
  const next = (tries: number, verdict: "failed" | "refused" | "ended" = "failed") =>
    planNext(verdict, { tries, once: false, now: 0, delaysMs: listenerDelaysMs }).next_at;
  expect([1, 2, 3, 4, 5].map((tries) => next(tries))).toEqual([5000, 30_000, 120_000, 480_000, null]);
  expect([next(1, "refused"), next(1, "ended")]).toEqual([null, null]);
});

it("an address is taken at its word alone, however much it says", async () => {
  const ask = (answer: () => Response | Promise<Response>) =>
    challenge(buildDeps(answer).deps, {
      url: "https://example.com/",
      secret,
      subscriptionId: "sub_1",
      nonce: "n",
    });
  const timeout = () => Promise.reject(new DOMException("late", "TimeoutError"));
  expect(await ask(() => new Response("x".repeat(1_000_000)))).toBe("challenge_failed");
  expect(await ask(() => Response.json({ challenge: 7 }))).toBe("challenge_failed");
  expect(await ask(() => new Response("no", { status: 500 }))).toBe("http_5xx");
  expect(await ask(() => new Response(null, { status: 307 }))).toBe("http_4xx");
  expect(await ask(timeout)).toBe("timeout");
});
