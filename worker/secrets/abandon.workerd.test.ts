import { env } from "cloudflare:workers";
import { expect, it } from "vitest";
import * as z from "zod";
import { problemSchema } from "#contract/problem";
import { abandonedKeySchema, secretSummarySchema } from "#contract/secrets/secret";
import { callApi, ownerWorkspace, seedWorker } from "../../test/support/workerd/api-harness.ts";
import { openOtherEdge } from "../../test/support/workerd/other-edge.ts";
import { verifies } from "../../test/verifies.ts";
import { Host } from "../compose/host.ts";
import { vaultDeps } from "../compose/secret-deps.ts";
import type { EdgeEnv } from "../env.ts";
import { giveSecrets, listValuesToMask } from "./vault-service.ts";

const otherKey = `other:${btoa("\x07".repeat(32))}`;
const edge = openOtherEdge({ FLOOM_MASTER_KEYS: otherKey });
const vault = vaultDeps(new Host({ ...env, FLOOM_MASTER_KEYS: otherKey } as EdgeEnv, "http://floom.test"));
const codeOf = async (answer: Response) => problemSchema.parse(await answer.json()).code;

it("a workspace whose master key is lost gets a new key from its owner, and is told which secrets went with the old one", async () => {
  verifies("secrets:rotation:lost-for-good");
  await seedWorker("needs-it", { secrets: ["LOST_KEY"] });
  await callApi("POST", "/api/secrets/LOST_KEY", { json: { value: "sk-lost" } });
  await callApi("POST", "/api/secrets/LOST_TOO", { json: { value: "sk-lost-too" } });
  const before = Date.now() - 3_600_000;
  // As long as the key opens nothing is given up.
  expect(await codeOf(await callApi("POST", "/api/master-key/abandon"))).toBe("workspace_key_opens");
  expect(await codeOf(await edge.call("POST", "/api/secrets/LOST_KEY", { json: { value: "new" } }))).toBe(
    "master_key_missing",
  );

  const answers = await Promise.all([1, 2].map(() => edge.call("POST", "/api/master-key/abandon")));
  expect(answers.map(({ status }) => String(status)).toSorted()).toEqual(["200", "409"]);
  const done = answers.find(({ status }) => status === 200);
  expect(abandonedKeySchema.parse(await done?.json())).toMatchObject({
    lost_secrets: ["LOST_KEY", "LOST_TOO"],
  });
  const list = async () =>
    z.array(secretSummarySchema).parse(await (await edge.call("GET", "/api/secrets")).json());
  expect(await list()).toMatchObject([{ name: "LOST_KEY", status: "missing" }]);

  await edge.call("POST", "/api/secrets/LOST_KEY", { json: { value: "sk-new" } });
  const want = { names: ["LOST_KEY"], workerId: "wrk_any", runId: "run_any" };
  expect((await giveSecrets(vault, ownerWorkspace, want)).values).toEqual({ LOST_KEY: "sk-new" });
  // A run that may have the old value cannot be masked, and is not listened to; one that came later can.
  const masked = (since: number) => listValuesToMask(vault, ownerWorkspace, { names: ["LOST_KEY"], since });
  await expect(masked(before)).rejects.toThrow();
  expect(await masked(Date.now() + 3_600_000)).toEqual(["sk-new"]);
});
