import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, inject, test } from "vitest";
import { verifies } from "../verifies.ts";

const APP = resolve(import.meta.dirname, "../../docs/tutorial/typed-app/app.py");
const { url, token } = inject("floom");

test("the app of the tutorial deploys and answers what the tutorial shows", async () => {
  verifies("examples:tutorial:runs");
  const ask = (path: string, json: object) =>
    fetch(url + path, {
      method: "POST",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      body: JSON.stringify(json),
    });
  const deployed = await ask("/api/deploy", { name: "dinner", code: readFileSync(APP, "utf8") });
  expect([deployed.status, await deployed.json()]).toEqual([
    200,
    expect.objectContaining({ tools: ["dinner"] }),
  ]);
  const guests = [{ name: "Ada", drinks: 9.5 }, { name: "Grace" }, { name: "Edsger", drinks: 14 }];
  const run = await ask("/api/workers/dinner/actions/split/runs?wait=60", { inputs: { food: 84, guests } });
  const { outputs } = (await run.json()) as { outputs: { total: number; shares: { data: object } } };
  expect(outputs.total).toBe(118.25);
  expect(outputs.shares.data).toEqual({
    values: [
      { guest: "Ada", pays: 41.25 },
      { guest: "Grace", pays: 30.8 },
      { guest: "Edsger", pays: 46.2 },
    ],
  });
});
