import { env } from "cloudflare:workers";
import { afterEach, expect, it, vi } from "vitest";
import { seedHook } from "../../test/support/workerd/hook-harness.ts";
import { seedWorker } from "../../test/support/workerd/api-harness.ts";
import { openOtherEdge } from "../../test/support/workerd/other-edge.ts";
import { verifies } from "../../test/verifies.ts";

const operations = ["digest", "importKey", "deriveKey", "sign", "verify", "encrypt", "decrypt"] as const;

afterEach(() => {
  vi.restoreAllMocks();
});

/** The edge, and what it does until it has answered: its queries, calls of objects and cryptographic operations. */
function openWatchedEdge() {
  const done: string[] = [];
  const db = new Proxy(env.DB, {
    get(target, name) {
      const value = Reflect.get(target, name) as unknown;
      if (typeof value !== "function") return value;
      return (...args: unknown[]) => {
        done.push(`db ${String(name)} ${String(args[0])}`);
        return Reflect.apply(value, target, args) as unknown;
      };
    },
  });
  const objects = new Proxy(env.WORKER_OBJECT, {
    get(target, name) {
      done.push(`object ${String(name)}`);
      const value = Reflect.get(target, name) as unknown;
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
  for (const operation of operations) {
    const real = crypto.subtle[operation].bind(crypto.subtle) as (...args: unknown[]) => Promise<unknown>;
    vi.spyOn(crypto.subtle, operation).mockImplementation(((...args: unknown[]) => {
      done.push(`crypto ${operation}`);
      return real(...args);
    }) as never);
  }
  const edge = openOtherEdge({ DB: db, WORKER_OBJECT: objects });
  return {
    /** What was done for one request before its answer, without the order in which it was. */
    watch: async (path: string, headers: Record<string, string> = {}): Promise<string[]> => {
      done.length = 0;
      const before: string[] = [];
      const answer = await edge.answer("POST", path, { body: '{"key":"k"}', token: "", headers });
      before.push(...done);
      await answer.settled();
      expect(answer.response.status).toBe(404);
      return before.toSorted();
    },
  };
}

const unknown = "trg_00000000000000000000000000";
const deliveries: Record<string, string>[] = [
  {},
  { "webhook-id": "1", "webhook-timestamp": "1", "webhook-signature": "v1,AAAA" },
  {
    "webhook-id": "1",
    "webhook-timestamp": String(Math.floor(Date.now() / 1000)),
    "webhook-signature": Array.from({ length: 50 }, () => `v1,${"A".repeat(43)}=`).join(" "),
  },
  { "x-hub-signature-256": `sha256=${"0".repeat(64)}` },
  { "x-floom-signature": `sha256=${"0".repeat(64)}` },
];

it("a hook that is not there, one that is paused and one that does not know the sender cost the same", async () => {
  verifies("webhooks:refusal:same-work");
  const standard = await seedHook({ workerName: "standard" });
  const paused = await seedHook({ workerName: "paused", paused: true });
  const github = await seedHook({ workerName: "github", spec: { signature: { scheme: "github" } } });
  const floom = await seedHook({ workerName: "floom", spec: { signature: { scheme: "floom" } } });
  const walled = { signature: { scheme: "none" }, allow_ips: ["192.0.2.7"] };
  const closed = await seedHook({ workerName: "closed", spec: walled });
  const secretless = await seedHook({ workerName: "secretless" });
  await env.DB.prepare("UPDATE triggers SET secret_box = NULL WHERE id = ?").bind(secretless.triggerId).run();
  const { watch } = openWatchedEdge();
  for (const headers of deliveries) {
    for (const query of ["", "?token=00"]) {
      const missing = await watch(`/hooks/${unknown}${query}`, headers);
      expect(missing.filter((step) => step.startsWith("db prepare"))).toHaveLength(1);
      for (const hook of [standard, paused, github, floom, closed, secretless])
        expect(await watch(`/hooks/${hook.triggerId}${query}`, headers), hook.workerName).toEqual(missing);
    }
  }
});

it("at a worker's own address a refusal costs the same, with no webhook, one or several, and without the worker", async () => {
  verifies("webhooks:refusal:same-work");
  await seedWorker("bare");
  const one = await seedHook({ workerName: "one" });
  await seedHook({ workerName: "shut", paused: true });
  const many = await seedHook({ workerName: "many", spec: { signature: { scheme: "github" } } });
  await env.DB.prepare(
    "INSERT INTO triggers SELECT 'trg_2' AS id, workspace_id, worker_id, worker_name, 'webhook-2' AS name, type, origin, spec, paused, pinned_version, NULL AS secret_box, created_at, updated_at, made_by, changed_by FROM triggers WHERE id = ?",
  )
    .bind(many.triggerId)
    .run();
  const { watch } = openWatchedEdge();
  const ends = ["", "/resume"].flatMap((end) => [end, `${end}?token=00`]);
  for (const [end, headers] of ends.flatMap((one) => deliveries.map((sent) => [one, sent] as const))) {
    const missing = await watch(`/webhooks/nobody${end}`, headers);
    for (const worker of ["bare", "one", "shut", "many"])
      expect(await watch(`/webhooks/${worker}${end}`, headers), worker + end).toEqual(missing);
    const byUid = await watch(`/webhooks/${one.workerId}${end}`, headers);
    const keysTried = (steps: string[]) => steps.filter((step) => step.startsWith("crypto"));
    expect(keysTried(byUid)).toEqual(keysTried(missing));
  }
});
