import { createHmac } from "node:crypto";
import { routes } from "#contract/routes";
import type { CreatedTrigger } from "#contract/triggers/trigger";
import type { WebhookSettings } from "#contract/hooks/webhook";
import { buildAttempts } from "../../model/attempt.ts";
import type { Area } from "../../model/attempt.ts";
import { describeAnswer, knock } from "../../stage/knock.ts";
import type { Answer } from "../../stage/knock.ts";
import type { Stage } from "../../stage/stage.ts";

const AREA = "webhooks";
const schemes = ["standard", "github", "stripe", "slack", "shopify", "hmac"] as const;
type Scheme = (typeof schemes)[number];

/** What a delivery is signed with, and when. */
interface Signing {
  secret: string;
  body: string;
  at: number;
  id: string;
  hash?: "sha256" | "sha1";
}

/** The headers of a delivery as each sender signs it. */
function sign(scheme: Scheme, { secret, body, at, id, hash = "sha256" }: Signing): Record<string, string> {
  const key = secret.startsWith("whsec_") ? Buffer.from(secret.slice(6), "base64") : secret;
  const mac = (message: string, encoding: "hex" | "base64"): string =>
    createHmac(hash, scheme === "standard" ? key : secret)
      .update(message)
      .digest(encoding);
  switch (scheme) {
    case "standard":
      return {
        "webhook-id": id,
        "webhook-timestamp": String(at),
        "webhook-signature": `v1,${mac(`${id}.${at}.${body}`, "base64")}`,
      };
    case "github":
      return {
        "x-hub-signature-256": `sha256=${mac(body, "hex")}`,
        "x-github-delivery": id,
        "x-github-event": "push",
      };
    case "stripe":
      return { "stripe-signature": `t=${at},v1=${mac(`${at}.${body}`, "hex")}` };
    case "slack":
      return {
        "x-slack-request-timestamp": String(at),
        "x-slack-signature": `v0=${mac(`v0:${at}:${body}`, "hex")}`,
      };
    case "shopify":
      return { "x-shopify-hmac-sha256": mac(body, "base64"), "x-shopify-webhook-id": id };
    case "hmac":
      return { "x-signature": mac(body, "hex") };
  }
}

const timed: readonly Scheme[] = ["standard", "stripe", "slack"];

/** Forgeries that are tried on every scheme; each makes the headers out of what a true sender would send. */
const forgeries: readonly {
  id: string;
  wants: string;
  only?: readonly Scheme[];
  make: (scheme: Scheme, signing: Signing) => Record<string, string>;
}[] = [
  { id: "unsigned", wants: "without a signature", make: () => ({}) },
  {
    id: "wrong-secret",
    wants: "signed with another secret",
    make: (s, g) => sign(s, { ...g, secret: "another secret" }),
  },
  {
    id: "other-body",
    wants: "with the signature of another body",
    make: (s, g) => sign(s, { ...g, body: `${g.body} ` }),
  },
  { id: "empty", wants: "with an empty signature", make: (s, g) => mapSignature(sign(s, g), () => "") },
  {
    id: "cut",
    wants: "with a part of its signature",
    make: (s, g) => mapSignature(sign(s, g), (value) => value.slice(0, -8)),
  },
  { id: "weak", wants: "signed by an older hash", make: (s, g) => sign(s, { ...g, hash: "sha1" }) },
  {
    id: "old",
    wants: "signed an hour ago",
    only: timed,
    make: (s, g) => sign(s, { ...g, at: g.at - 3600 }),
  },
  {
    id: "ahead",
    wants: "signed an hour from now",
    only: timed,
    make: (s, g) => sign(s, { ...g, at: g.at + 3600 }),
  },
  {
    id: "time-changed",
    wants: "with a true signature and another time",
    only: ["standard", "slack"],
    make: (s, g) => ({ ...sign(s, { ...g, at: g.at - 3600 }), ...timeHeader(s, g.at) }),
  },
];

function mapSignature(
  headers: Record<string, string>,
  change: (value: string) => string,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      /signature|hmac/.test(name) ? change(value) : value,
    ]),
  );
}

function timeHeader(scheme: Scheme, at: number): Record<string, string> {
  return { [scheme === "standard" ? "webhook-timestamp" : "x-slack-request-timestamp"]: String(at) };
}

const forged = schemes.flatMap((scheme) =>
  forgeries.filter(({ only }) => only?.includes(scheme) ?? true).map((forgery) => ({ scheme, forgery })),
);
const control = (scheme: Scheme): string => `${AREA}:control-${scheme}`;
const refusal = ["404 hook_refused"];

/** What needs more than one delivery. */
const others = [
  {
    id: "unknown-hook",
    wants: "Learn from the answer whether a hook exists.",
    refusals: ["the same answer"],
  },
  {
    id: "replay",
    wants: "Start a second run by sending a signed delivery again.",
    refusals: ["no second run"],
  },
  {
    id: "replay-other-id",
    wants: "Start a second run by sending it again under an id that is not signed.",
    refusals: ["no second run"],
  },
  { id: "other-hook", wants: "Use one hook's secret at another.", refusals: refusal },
  { id: "large", wants: "Fill memory by a large delivery.", refusals: ["413*"] },
  { id: "method", wants: "Start a run by a link that somebody opens.", refusals: ["404*", "405*"] },
  { id: "token-of-other", wants: "Start a worker by a token that is none.", refusals: refusal },
  { id: "by-uid", wants: "Start a worker by its uid without a token.", refusals: refusal },
  {
    id: "resume-unsigned",
    wants: "End a wait for something outside without a signature.",
    refusals: refusal,
  },
] as const;

/** Forged, replayed and stolen deliveries; every scheme's control is a true delivery, which starts a run. */
export const webhooksArea: Area<Stage> = {
  name: AREA,
  controls: schemes.map((scheme) => ({ id: control(scheme), works: ["202*"] })),
  attempts: buildAttempts({ area: AREA, kind: "outside", control: control("standard") }, [
    ...forged.map(({ scheme, forgery }) => ({
      id: `${scheme}-${forgery.id}`,
      wants: `Start a run by a ${scheme} delivery ${forgery.wants}.`,
      refusals: refusal,
      control: control(scheme),
    })),
    ...others,
  ]),
  look: async (stage) => {
    const seen = new Map<string, string>();
    const worker = stage.yard.name("hook");
    await stage.yard.push(worker, hookFiles(worker));
    const hooks = new Map<Scheme, CreatedTrigger>();
    for (const scheme of schemes)
      hooks.set(scheme, await createHook(stage, worker, { signature: settingsOf(scheme) }));

    for (const [scheme, hook] of hooks) await lookAtScheme({ stage, seen, scheme, hook });
    for (const [id, saw] of await lookAtOthers(stage, worker, hooks)) seen.set(`${AREA}:${id}`, saw);
    return seen;
  },
};

async function lookAtScheme({
  stage,
  seen,
  scheme,
  hook,
}: {
  stage: Stage;
  seen: Map<string, string>;
  scheme: Scheme;
  hook: CreatedTrigger;
}): Promise<void> {
  const body = JSON.stringify({ of: scheme });
  const at = Math.floor(Date.now() / 1000);
  const signing = { secret: hook.secret ?? "", body, at, id: `control-${scheme}` };
  const genuine = await deliver(stage, { hook: hook.id, body, headers: sign(scheme, signing) });
  seen.set(control(scheme), describeAnswer(genuine));
  for (const { forgery } of forged.filter((one) => one.scheme === scheme)) {
    const forgedBody = JSON.stringify({ of: forgery.id });
    const headers = forgery.make(scheme, { ...signing, body: forgedBody, id: `forged-${forgery.id}` });
    const answer = await deliver(stage, { hook: hook.id, body: forgedBody, headers });
    seen.set(`${AREA}:${scheme}-${forgery.id}`, describeAnswer(answer));
  }
}

/** The files of a worker that a hook can start. */
export const hookFiles = (name: string): Record<string, string> => ({
  "worker.yml": `schema_version: "0.3"\nname: ${name}\ntitle: Hook\nversion: 0.1.0\nexec:\n  entry: run.sh\n`,
  "run.sh": "echo delivered\n",
});

function settingsOf(scheme: Scheme): WebhookSettings["signature"] {
  if (scheme === "hmac")
    return { scheme, header: "x-signature", algorithm: "sha256", encoding: "hex", prefix: "" };

  return scheme === "github" || scheme === "shopify" ? { scheme } : { scheme, tolerance_seconds: 300 };
}

/** Gives a worker a webhook. */
export function createHook(
  stage: Stage,
  worker: string,
  webhook: Pick<WebhookSettings, "signature"> & Partial<WebhookSettings>,
): Promise<CreatedTrigger> {
  const defaults = {
    methods: ["POST" as const],
    allow_ips: [],
    reply: { mode: "202" as const },
  };
  return stage.client.call(routes.createTrigger, {
    params: { worker },
    json: { type: "webhook", webhook: { ...defaults, ...webhook } },
  });
}

/** Posts a delivery to a hook, or to another entrance by `path`. */
export function deliver(
  stage: Stage,
  {
    hook = "",
    body,
    headers,
    path = `/hooks/${hook}`,
  }: { hook?: string; body: string; headers?: Record<string, string>; path?: string },
): Promise<Answer> {
  return knock(stage.url, {
    method: "POST",
    path,
    body,
    headers: { "content-type": "application/json", ...headers },
  });
}

/** The run that a delivery was answered with. */
export function runOf({ text }: Answer): string {
  return /"run_id":\s*"([^"]+)"/.exec(text)?.[1] ?? "none";
}

async function lookAtOthers(
  stage: Stage,
  worker: string,
  hooks: ReadonlyMap<Scheme, CreatedTrigger>,
): Promise<Map<string, string>> {
  const seen = new Map<string, string>();
  const github = hooks.get("github");
  const shopify = hooks.get("shopify");
  if (github === undefined || shopify === undefined) return seen;
  const at = Math.floor(Date.now() / 1000);
  const body = '{"of":"replay"}';
  const signing = (id: string): Signing => ({ secret: github.secret ?? "", body, at, id });
  const send = (id: string): Promise<Answer> =>
    deliver(stage, { hook: github.id, body, headers: sign("github", signing(id)) });
  const [first, again, other] = [await send("one"), await send("one"), await send("two")];
  const judgeRun = (answer: Answer): string =>
    answer.status >= 400 || runOf(answer) === runOf(first)
      ? "no second run"
      : `a second run: ${runOf(answer)}`;
  seen.set("replay", judgeRun(again));
  seen.set("replay-other-id", judgeRun(other));
  const unknown = await deliver(stage, { hook: "trg_01hzzzzzzzzzzzzzzzzzzzzzzz", body });
  const known = await deliver(stage, { hook: github.id, body });
  const plain = ({ status, text }: Answer): string => `${status} ${text.replaceAll(/req_\w+|trg_\w+/g, "")}`;
  seen.set("unknown-hook", plain(unknown) === plain(known) ? "the same answer" : plain(known));
  const stolen = sign("github", { ...signing("three"), secret: shopify.secret ?? "" });
  const tries: readonly (readonly [id: string, delivery: Parameters<typeof deliver>[1]])[] = [
    ["other-hook", { hook: github.id, body, headers: stolen }],
    ["large", { hook: github.id, body: "x".repeat(2_000_000) }],
    ["token-of-other", { body, path: `/webhooks/${worker}?token=${"0".repeat(32)}` }],
    ["by-uid", { body, path: "/webhooks/wrk_01hzzzzzzzzzzzzzzzzzzzzzzz" }],
    ["resume-unsigned", { body: '{"key":"k"}', path: `/webhooks/${worker}/resume` }],
  ];
  for (const [id, delivery] of tries) seen.set(id, describeAnswer(await deliver(stage, delivery)));
  seen.set("method", describeAnswer(await knock(stage.url, { path: `/hooks/${github.id}` })));
  return seen;
}
