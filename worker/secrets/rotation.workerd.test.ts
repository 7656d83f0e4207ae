import { env } from "cloudflare:workers";
import { expect, it } from "vitest";
import { rewrapResultSchema } from "#contract/secrets/secret";
import type { RewrapResult } from "#contract/secrets/secret";
import {
  callApi,
  ownerWorkspace,
  seedWorker,
  strangerToken,
} from "../../test/support/workerd/api-harness.ts";
import { openOtherEdge } from "../../test/support/workerd/other-edge.ts";
import { seedThings } from "../../test/support/workerd/seed-things.ts";
import { ownerToken } from "../../test/support/workerd/api-harness.ts";
import { verifies } from "../../test/verifies.ts";
import { vaultDeps } from "../compose/secret-deps.ts";
import { Host } from "../compose/host.ts";
import { readConfig } from "../env.ts";
import type { EdgeEnv } from "../env.ts";
import { sealForStorage } from "../platform/secrets/box-keys.ts";
import { MasterKeyMissing, masterKeyOf } from "../platform/secrets/envelope-crypto.ts";
import { giveSecrets } from "./vault-service.ts";

const STARTS = 200;
const oldKey = String((env as EdgeEnv).FLOOM_MASTER_KEYS);
const newKey = `next:${btoa("\x02".repeat(32))}`;

const edgeWith = (keys: string) => openOtherEdge({ FLOOM_MASTER_KEYS: keys });
const vaultWith = (keys: string) =>
  vaultDeps(new Host({ ...env, FLOOM_MASTER_KEYS: keys } as EdgeEnv, "http://floom.test"));
const give = (keys: string, workerId: string, runId: string) =>
  giveSecrets(vaultWith(keys), ownerWorkspace, { names: ["ROTATED"], workerId, runId });

async function rewrap(keys: string): Promise<RewrapResult> {
  const answer = await edgeWith(keys).call("POST", "/api/master-key/rewrap");
  expect(answer.status).toBe(200);
  return rewrapResultSchema.parse(await answer.json());
}

/** The master key of everything that is sealed in any table; null for what is in no envelope. */
async function listKeys(): Promise<(string | null)[]> {
  const { results } = await env.DB.prepare(
    "SELECT wrapped AS t FROM workspace_keys UNION ALL SELECT secret_box FROM triggers WHERE secret_box IS NOT NULL UNION ALL SELECT hook_token_box FROM workers WHERE hook_token_box IS NOT NULL UNION ALL SELECT secret_box FROM alerts WHERE secret_box IS NOT NULL",
  ).all<{ t: string }>();
  return results.map(({ t }) => masterKeyOf(t));
}

it("the master key is replaced while 200 runs are launched: all get their secret, and the old key opens nothing afterwards", async () => {
  verifies("secrets:rotation:while-serving", "secrets:rotation:old-key-useless");
  await callApi("POST", "/api/secrets/ROTATED", { json: { value: "kept through it" } });
  const workerId = await seedWorker("rotated-for");
  // Some edges know the old key alone, some both already: as it is while settings spread.
  const launches = Array.from({ length: STARTS }, async (_, n) => {
    const keys = n < STARTS / 4 ? oldKey : `${newKey},${oldKey}`;
    return give(keys, workerId, `run_${n}`);
  });
  const [rewrapped, ...given] = await Promise.all([
    Promise.all(launches.slice(0, STARTS / 4)).then(() => rewrap(`${newKey},${oldKey}`)),
    ...launches,
  ]);
  expect(rewrapped).toMatchObject({ master_key_id: "next", left: 0 });
  expect(given).toHaveLength(STARTS);
  expect(given.every(({ values }) => values["ROTATED"] === "kept through it")).toBe(true);

  expect(await give(newKey, workerId, "run_new")).toEqual({
    values: { ROTATED: "kept through it" },
    bound: [],
  });
  await expect(give(oldKey, workerId, "run_old")).rejects.toThrow(MasterKeyMissing);
  // Whoever calls the new key by the old one's name does not get in with it, nor the other way round.
  await expect(give(oldKey.replace(/^\w+:/, "next:"), workerId, "run_forged")).rejects.toThrow();
});

it("the secrets of webhooks and alerts, and tokens, come along, also those that were sealed before there was a master key", async () => {
  verifies("secrets:rotation:old-key-useless");
  const things = await seedThings({ token: ownerToken, workspace_id: ownerWorkspace }, "rotated-worker");
  const made = await callApi("POST", "/api/workers/rotated-worker/triggers", { json: { type: "webhook" } });
  expect(made.status).toBeLessThan(300);
  await callApi("POST", "/api/workers/rotated-worker/webhook-token/rotate", { json: {} });
  expect(new Set(await listKeys())).toEqual(new Set(["test"]));
  // As the alert's box was before: under the signing key.
  const config = { ...readConfig(env as EdgeEnv), masterKeys: null };
  const secret = JSON.stringify([{ value: "whsec_b2xk", expires_at: null }]);
  const sealed = await sealForStorage(config, { purpose: `alert:${things.alert}`, secret });
  await env.DB.prepare("UPDATE alerts SET secret_box = ? WHERE id = ?").bind(sealed, things.alert).run();

  const first = await rewrap(`${newKey},${oldKey}`);
  expect(first.rewrapped).toBeGreaterThanOrEqual(3);
  expect(first.left).toBe(0);
  expect(new Set(await listKeys())).toEqual(new Set(["next"]));
  expect(await rewrap(`${newKey},${oldKey}`)).toMatchObject({ rewrapped: 0, left: 0 });
  // With the old key alone nothing can be put anywhere, and nothing is lost by trying.
  expect((await rewrap(oldKey)).rewrapped).toBe(0);
  expect(new Set(await listKeys())).toEqual(new Set(["next"]));
});

it("keys are replaced with the owner's token alone", async () => {
  const answer = await callApi("POST", "/api/master-key/rewrap", { token: await strangerToken() });
  expect(answer.status).toBe(403);
});
