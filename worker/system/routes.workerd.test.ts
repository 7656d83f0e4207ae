import { env } from "cloudflare:workers";
import { expect, it } from "vitest";
import * as z from "zod";
import { workspaceInfoSchema } from "#contract/access/access";
import { routes } from "#contract/routes";
import { healthSchema } from "#contract/system/routes";
import { callApi, runTokenOf, strangerToken } from "../../test/support/workerd/api-harness.ts";
import { strangerWorkspace } from "../../test/support/workerd/stranger.ts";
import { newId } from "../platform/ids.ts";

const health = async () => {
  const response = await callApi("GET", "/api/health", { token: "" });
  return healthSchema.parse(await response.json());
};

it("anybody may ask whether the service works, and is told what does not", async () => {
  expect(await health()).toMatchObject({ status: "ok", checks: { database: "ok", sandboxes: "configured" } });
  expect(Math.abs(Date.parse((await health()).time) - Date.now())).toBeLessThan(60_000);
});

it("the description of the API names every route, and where this edge is reached from outside", async () => {
  const document = z
    .object({
      openapi: z.literal("3.1.0"),
      servers: z.array(z.object({ url: z.string() })),
      paths: z.record(z.string(), z.record(z.string(), z.unknown())),
    })
    .parse(await (await callApi("GET", "/api/openapi.json", { token: "" })).json());
  expect(document.servers).toEqual([{ url: env.FLOOM_PUBLIC_URL }]);
  for (const route of Object.values(routes))
    expect(document.paths[route.path]).toHaveProperty(route.method.toLowerCase());
});

it("the page of the API runs no script, of ours neither", async () => {
  const page = await callApi("GET", "/api/docs", { token: "" });
  expect(page.headers.get("content-type")).toBe("text/html; charset=utf-8");
  expect(page.headers.get("content-security-policy")).toMatch(
    /^default-src 'none'; style-src 'sha256-[^']+';/,
  );
  expect(await page.text()).not.toContain("<script");
});

it("a token is told whose it is and what it may do; a run's token is nobody's here", async () => {
  const ask = (token: string) => callApi("GET", "/api/workspace/info", { token });
  const stranger = await strangerToken(["workers:read"]);
  const info = workspaceInfoSchema.parse(await (await ask(stranger)).json());
  expect(info).toMatchObject({
    workspace_id: strangerWorkspace,
    principal: { kind: "token", scopes: ["workers:read"] },
  });
  const owner = workspaceInfoSchema.parse(await (await callApi("GET", "/api/workspace/info")).json());
  expect(owner.principal.kind).toBe("owner");
  expect((await ask(await runTokenOf(newId("run", 1)))).status).toBe(401);
});
