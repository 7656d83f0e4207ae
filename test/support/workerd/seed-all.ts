import { env } from "cloudflare:test";
import { expect } from "vitest";
import { sha256Hex } from "../../../worker/platform/crypto.ts";
import { callApi, testHost } from "./api-harness.ts";
import { expectEnded, listKeys, listRunIds } from "./housekeeping.ts";
import { seedThings } from "./seed-things.ts";
import type { Maker } from "./seed-things.ts";
import type { Things } from "./route-requests.ts";

export async function findWorkerId(name: string): Promise<string> {
  const row = await env.DB.prepare("SELECT id FROM workers WHERE name = ?").bind(name).first();
  return String(row?.["id"]);
}

/** A worker with one of everything, some of it large enough to lie in the bucket, and a mail that tells of it. */
export async function seedAll(
  maker: Maker,
  name: string,
): Promise<{ workerId: string; runs: string[]; things: Things }> {
  const before = (await listRunIds()).length;
  const things = await seedThings(maker, name);
  const large = await callApi("POST", `/hooks/${things.trigger}`, { json: { text: "x".repeat(100_000) } });
  expect(large.status).toBeLessThan(300);
  const workerId = await findWorkerId(name);
  const { digest } = (await env.DB.prepare("SELECT digest FROM versions WHERE worker_id = ?")
    .bind(workerId)
    .first<{ digest: string }>()) ?? { digest: "" };
  const archive = new TextEncoder().encode("an archive");
  const facts = { sha256: await sha256Hex(archive), empty: false };
  await testHost.files.putDependencies({ workerId, bundleDigest: digest }, archive, facts);
  const mail = { workspaceId: maker.workspace_id, workerId, deliveryId: `dlv_of_${name}` };
  await testHost.files.putMail(mail, "{}");
  await expect.poll(async () => (await listRunIds()).length).toBe(before + 4);
  expect(await listKeys("deliveries/")).not.toEqual([]);
  return { workerId, runs: await listRunIds(), things };
}

/** Lets every run of a workspace that has ended do what it still owes. */
export async function settleRuns(workspaceId: string): Promise<void> {
  const { results } = await env.DB.prepare(
    "SELECT id FROM runs WHERE workspace_id = ? AND completed_at IS NOT NULL",
  )
    .bind(workspaceId)
    .all<{ id: string }>();
  await Promise.all(results.map(({ id }) => expectEnded(id)));
}
