import { env } from "cloudflare:workers";
import { expect, it } from "vitest";
import { callApi, ownerToken, strangerToken } from "../../test/support/workerd/api-harness.ts";
import { openOtherEdge } from "../../test/support/workerd/other-edge.ts";
import { verifies } from "../../test/verifies.ts";

const ask = async (edge: ReturnType<typeof openOtherEdge>, token: string) =>
  (await edge.call("GET", "/api/runs", { token })).status;

it("an owner token that was replaced is refused from then on, also before the new one is first used", async () => {
  verifies("access:owner-token:environment-alone");
  expect((await callApi("GET", "/api/runs")).status).toBe(200);
  const replaced = openOtherEdge({ FLOOM_OWNER_TOKEN: "another-owner-token" });
  expect(await ask(replaced, ownerToken)).toBe(401);
  expect(await ask(replaced, "another-owner-token")).toBe(200);
  expect(await ask(replaced, ownerToken)).toBe(401);
  const rows = await env.DB.prepare("SELECT count(*) AS n FROM tokens WHERE kind = 'owner'").first("n");
  expect(rows).toBe(1);
});

it("where the environment names no owner token there is no owner, and other tokens are as good as before", async () => {
  verifies("access:owner-token:environment-alone");
  expect((await callApi("GET", "/api/runs")).status).toBe(200);
  const none = openOtherEdge({ FLOOM_OWNER_TOKEN: "" });
  expect(await ask(none, ownerToken)).toBe(401);
  expect(await ask(none, await strangerToken())).toBe(200);
});
