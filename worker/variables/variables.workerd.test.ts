import { beforeEach, expect, it } from "vitest";
import { variablePageSchema } from "#contract/variables/variables";
import { pushResultSchema, workerDetailSchema } from "#contract/workers/worker";
import { callApi, ownerToken, strangerToken } from "../../test/support/workerd/api-harness.ts";
import { verifies } from "../../test/verifies.ts";

const manifestOf = (variable: string) => `schema_version: "0.3"
name: notes
title: Notes
version: 0.1.0
exec: {mode: http}
variables:
  base_url: ${variable}
exposes:
  - {name: list-notes, description: All notes.}
http_bridge:
  - {tool_name: list-notes, url: "{{base_url}}/notes"}
`;

const open = "{description: Where it answers., default: https://default.example.com}";

beforeEach(async () => {
  await callApi("GET", "/api/workspace/info");
});

const set = (name: string, value: string, token = ownerToken) =>
  callApi("PUT", `/api/workspace/variables/${name}`, { json: { value }, token });
const list = async (token = ownerToken) =>
  variablePageSchema.parse(await (await callApi("GET", "/api/workspace/variables", { token })).json())
    .variables;

async function push(variable: string) {
  const answer = await callApi("PUT", "/api/workers/notes", { json: { worker_yml: manifestOf(variable) } });
  const created =
    answer.status === 404
      ? await callApi("POST", "/api/workers", { json: { worker_yml: manifestOf(variable) } })
      : answer;
  const { changed } = pushResultSchema.parse(await created.json());
  const detail = workerDetailSchema.parse(await (await callApi("GET", "/api/workers/notes")).json());
  return { changed, url: detail.config.http?.tools[0]?.url };
}

it("a variable of the workspace counts from the next push on, before worker.yml's default and behind what is fixed there", async () => {
  verifies("variables:workspace:precedence");
  expect(await push(open)).toEqual({ changed: true, url: "https://default.example.com/notes" });
  expect((await set("notes.base_url", "https://ours.example.com")).status).toBe(200);
  await set("other.base_url", "https://other.example.com");
  // The same files make another version where they lead somewhere else by now, and none where they do not.
  expect(await push(open)).toEqual({ changed: true, url: "https://ours.example.com/notes" });
  expect(await push(open)).toMatchObject({ changed: false });
  const fixed = "{description: Where it answers., value: https://fixed.example.com}";
  expect(await push(fixed)).toMatchObject({ url: "https://fixed.example.com/notes" });
  expect(await push("https://plain.example.com")).toMatchObject({ url: "https://plain.example.com/notes" });
  expect((await callApi("DELETE", "/api/workspace/variables/notes.base_url")).status).toBe(204);
  expect(await push(open)).toMatchObject({ url: "https://default.example.com/notes" });
});

it("a variable without a default is pushed once the workspace has set it", async () => {
  const unset = "{description: Where it answers.}";
  const refused = await callApi("POST", "/api/workers", { json: { worker_yml: manifestOf(unset) } });
  expect(refused.status).toBe(422);
  await set("notes.base_url", "https://ours.example.com");
  expect(await push(unset)).toEqual({ changed: true, url: "https://ours.example.com/notes" });
});

it("refuses what is no variable, and a value that would be filled in twice; nobody sees or changes another workspace's", async () => {
  for (const name of ["base_url", "Notes.x", "notes.", "notes.a b", "a.b.c"])
    expect([name, (await set(name, "x")).status]).toEqual([name, 422]);
  expect((await set("notes.base_url", "{{secret:KEY}}")).status).toBe(422);
  expect((await set("notes.base_url", "")).status).toBe(422);
  expect((await callApi("DELETE", "/api/workspace/variables/notes.base_url")).status).toBe(404);
  await set("notes.base_url", "https://ours.example.com");
  expect(await list(await strangerToken())).toEqual([]);
  const reader = await strangerToken(["workspace:read"]);
  expect((await set("notes.base_url", "x", reader)).status).toBe(403);
  expect(await list()).toEqual([{ name: "notes.base_url", value: "https://ours.example.com" }]);
});
