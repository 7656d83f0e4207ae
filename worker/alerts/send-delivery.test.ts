import { createHmac } from "node:crypto";
import { expect, it } from "vitest";
import type { AlertMessage } from "#contract/alerts/alert";
import { sampleRunSummary } from "../../test/support/sample-records.ts";
import { verifies } from "../../test/verifies.ts";
import { chooseMailer } from "../platform/mail/mailer.ts";
import type { Mailer } from "../platform/mail/mailer.ts";
import type { Mail } from "./build-mail.ts";
import type { AlertTarget } from "./outbox-api.ts";
import { sendDelivery } from "./send-delivery.ts";
import type { SendDeps, OutgoingMessage } from "./send-delivery.ts";
import { rotateSigningSecret, sealSigningSecret } from "./signing-secret.ts";

const boxKeys = {
  signingKey: "test-signing-key-0123456789abcdef0123456789abcdef",
  earlierSigningKeys: [],
  masterKeys: null,
};
const now = Date.parse("2026-03-02T09:00:00Z");
const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const DAY_MS = 86_400_000;

const message: AlertMessage = {
  type: "run.failed",
  timestamp: "2026-03-02T09:00:00.000Z",
  data: {
    worker: { name: "hello-worker", title: "Hello" },
    status: "failed",
    run: sampleRunSummary({ status: "failed" }),
    links: { run: "https://floom.test/runs/run_1" },
  },
};

interface Call {
  url: string;
  init: RequestInit;
  headers: Record<string, string>;
}

/** Deps whose network is `answer`; the calls are kept. */
function buildDeps(answer: () => Response | Promise<Response>, change: Partial<SendDeps> = {}) {
  const calls: Call[] = [];
  const fetch: SendDeps["fetch"] = async (url, init) => {
    calls.push({ url, init, headers: Object.fromEntries(new Headers(init.headers)) });
    return answer();
  };
  const mailer = mailerOf("production", fetch);
  const deps: SendDeps = {
    clock: () => now,
    boxKeys,
    allowLoopback: false,
    fetch,
    mailer,
    resolveSecrets: async () => ({}),
    ...change,
  };
  return { deps, calls };
}

function mailerOf(environment: string, fetch: SendDeps["fetch"], mailUrl = ""): Mailer<Mail> {
  const settings = { environment, mailUrl, mailToken: "mail-token", mailFrom: "Floom <a@example.com>" };
  return chooseMailer(settings, { fetch, keep: async () => {} });
}

async function buildOutgoing(
  change: Partial<AlertTarget> = {},
  channel: OutgoingMessage["channel"] = "webhook",
): Promise<OutgoingMessage> {
  const box = await sealSigningSecret(boxKeys, { alertId: "alt_1", secret });
  const target: AlertTarget = {
    id: "alt_1",
    workspace_id: "wsp_1",
    worker_id: "wrk_1",
    url: "https://example.com/hook",
    email_to: ["ada@example.com"],
    events: ["failed"],
    signer: {
      kind: "sealed",
      box,
    },
    email_subject: null,
    ...change,
  };
  return { delivery_id: "dlv_1", channel, target, body: JSON.stringify(message) };
}

/** The signature that a receiver computes by the specification. */
function expectedSignature(key: string, body: string): string {
  const content = `dlv_1.${now / 1000}.${body}`;
  return `v1,${createHmac("sha256", Buffer.from(key.slice(6), "base64"))
    .update(content)
    .digest("base64")}`;
}

it("a post carries id, time and both signatures over the very bytes that are sent", async () => {
  verifies("alerts:delivery:standard-webhooks");
  const { deps, calls } = buildDeps(() => new Response("thanks", { status: 201 }));
  const outgoing = await buildOutgoing();
  expect(await sendDelivery(deps, outgoing)).toEqual({
    verdict: "delivered",
    status_code: 201,
    error: null,
    response_sample: "thanks",
  });
  expect(calls[0]).toMatchObject({
    url: "https://example.com/hook",
    init: { method: "POST", body: outgoing.body },
  });
  expect(calls[0]?.headers).toMatchObject({
    "content-type": "application/json",
    "webhook-id": "dlv_1",
    "webhook-timestamp": String(now / 1000),
    "webhook-signature": expectedSignature(secret, outgoing.body),
    "x-floom-signature": `sha256=${createHmac("sha256", secret).update(outgoing.body).digest("hex")}`,
  });
});

it("for a day after a secret was replaced both sign, then the new one alone", async () => {
  verifies("alerts:secret:shown-once");
  const box = await sealSigningSecret(boxKeys, { alertId: "alt_1", secret });
  const fresh = `whsec_${Buffer.alloc(32, 7).toString("base64")}`;
  const rotated = await rotateSigningSecret(boxKeys, { alertId: "alt_1", box, secret: fresh, now });
  expect(rotated.previousUntil).toBe(now + DAY_MS);
  const outgoing = await buildOutgoing({ signer: { kind: "sealed", box: rotated.box } });
  const { deps, calls } = buildDeps(() => new Response());
  await sendDelivery(deps, outgoing);
  await sendDelivery({ ...deps, clock: () => now + DAY_MS }, outgoing);
  const signatures = calls.map(({ headers }) => headers["webhook-signature"]?.split(" "));
  expect(signatures[0]).toEqual([
    expectedSignature(fresh, outgoing.body),
    expectedSignature(secret, outgoing.body),
  ]);
  expect(signatures[1]).toHaveLength(1);
});

it("after the edge's signing key has changed nothing is sent unsigned, and a new secret mends it", async () => {
  const outgoing = await buildOutgoing();
  const { deps, calls } = buildDeps(() => new Response(), {
    boxKeys: { ...boxKeys, signingKey: `${boxKeys.signingKey}-changed` },
  });
  expect(await sendDelivery(deps, outgoing)).toMatchObject({
    verdict: "failed",
    error: expect.stringContaining("rotate-secret") as string,
  });
  expect(calls).toEqual([]);
  const { signer } = outgoing.target;
  const box = signer?.kind === "sealed" ? signer.box : "";
  const mended = await rotateSigningSecret(deps.boxKeys, { alertId: "alt_1", box, secret, now });
  expect(mended.previousUntil).toBeNull();
  await sendDelivery(deps, await buildOutgoing({ signer: { kind: "sealed", box: mended.box } }));
  expect(calls[0]?.headers["webhook-signature"]).toBe(expectedSignature(secret, outgoing.body));
});

it("a redirect is not followed, 410 is final, and of a long answer only the beginning is kept", async () => {
  verifies("alerts:delivery:careful");
  const answers = [
    new Response(null, { status: 302, headers: { location: "https://169.254.169.254/" } }),
    new Response("no more", { status: 410 }),
    new Response("x".repeat(100_000), { status: 503 }),
  ];
  const { deps, calls } = buildDeps(() => answers.shift() ?? new Response());
  const outgoing = await buildOutgoing();
  const results = [
    await sendDelivery(deps, outgoing),
    await sendDelivery(deps, outgoing),
    await sendDelivery(deps, outgoing),
  ];
  expect(results.map(({ verdict }) => verdict)).toEqual(["failed", "gone", "failed"]);
  expect(results[0]?.error).toBe("It answered 302; redirects are not followed.");
  expect(results[2]?.response_sample).toBe("x".repeat(1024));
  expect(calls.every(({ init }) => init.redirect === "manual" && init.signal instanceof AbortSignal)).toBe(
    true,
  );
});

it("a receiver that does not answer in time, or cannot be reached, is a failed attempt with a reason", async () => {
  verifies("alerts:delivery:careful");
  const late = buildDeps(() => Promise.reject(new DOMException("too late", "TimeoutError")));
  expect(await sendDelivery(late.deps, await buildOutgoing())).toMatchObject({
    verdict: "failed",
    error: "There was no answer within 15 seconds.",
  });
  const away = buildDeps(() => Promise.reject(new TypeError("fetch failed")));
  expect((await sendDelivery(away.deps, await buildOutgoing())).error).toContain("could not be reached");
});

it("an address that must not be dialled is refused at every attempt, whatever was checked before", async () => {
  verifies("alerts:address:private-never-dialled");
  const { deps, calls } = buildDeps(() => new Response());
  for (const url of ["https://169.254.169.254/", "http://127.0.0.1:9/", "https://metadata.google.internal/"])
    expect(await sendDelivery(deps, await buildOutgoing({ url }))).toMatchObject({ verdict: "failed" });

  expect(calls).toEqual([]);
});

it("a manifest's post is signed by the secret it names, is not sent while that is not set, and is bare without one", async () => {
  verifies("alerts:manifest:notify");
  const { deps, calls } = buildDeps(() => new Response(), {
    resolveSecrets: async (_workspace, names): Promise<Record<string, string>> =>
      names.includes("HOOK") ? { HOOK: "plain secret" } : {},
  });
  const outgoing = await buildOutgoing({ signer: { kind: "named", name: "HOOK" } });
  await sendDelivery(deps, outgoing);
  const floom = createHmac("sha256", "plain secret").update(outgoing.body).digest("hex");
  expect(calls[0]?.headers["x-floom-signature"]).toBe(`sha256=${floom}`);
  const missing = await sendDelivery(deps, await buildOutgoing({ signer: { kind: "named", name: "OTHER" } }));
  expect(missing).toMatchObject({ verdict: "failed", error: "The secret that signs is not set: OTHER." });
  await sendDelivery(deps, await buildOutgoing({ signer: null }));
  expect(calls).toHaveLength(2);
  expect(calls[1]?.headers["webhook-id"]).toBe("dlv_1");
  expect(calls[1]?.headers["webhook-signature"]).toBeUndefined();
});

it("a mail goes to the provider under the message's id, or says that nobody sends mails here", async () => {
  verifies("alerts:mail:local-outbox");
  const { deps, calls } = buildDeps(() => Response.json({ id: "x" }));
  const outgoing = await buildOutgoing({}, "email");
  const nobody = await sendDelivery(deps, outgoing);
  expect(nobody.verdict).toBe("not_configured");
  expect(nobody.error).toContain("FLOOM_MAIL_URL");
  const mailer = mailerOf("production", deps.fetch, "https://mail.example.com/emails");
  expect(await sendDelivery({ ...deps, mailer }, outgoing)).toMatchObject({
    verdict: "delivered",
    status_code: 200,
  });
  expect(calls[0]?.headers).toMatchObject({ authorization: "Bearer mail-token", "idempotency-key": "dlv_1" });
  expect(JSON.parse(calls[0]?.init.body as string)).toMatchObject({
    from: "Floom <a@example.com>",
    to: ["ada@example.com"],
    subject: "Hello failed",
  });
  expect(mailerOf("local", deps.fetch).state).toBe("local_outbox");
  const refusing = buildDeps(() => new Response("bad", { status: 422 }));
  const strict = mailerOf("production", refusing.deps.fetch, "https://mail.example.com/emails");
  expect(await sendDelivery({ ...deps, mailer: strict }, outgoing)).toMatchObject({
    verdict: "failed",
    error: "The mail provider answered 422.",
  });
});
