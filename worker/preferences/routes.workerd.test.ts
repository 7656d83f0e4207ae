import { beforeEach, expect, it } from "vitest";
import { preferencesSchema } from "#contract/preferences/preferences";
import { callApi, strangerToken } from "../../test/support/workerd/api-harness.ts";
import { seedMember, personId } from "../../test/support/workerd/people.ts";
import { verifies } from "../../test/verifies.ts";

const failed = { list: "runs", name: "What failed", query: "status=failed" } as const;
let viewer: string;
beforeEach(async () => {
  viewer = await seedMember("v", "viewer");
});

async function read(token: string) {
  const answer = await callApi("GET", "/api/preferences", { token });
  return preferencesSchema.parse(await answer.json());
}

const change = (token: string, json: unknown) => callApi("PATCH", "/api/preferences", { token, json });

it("what somebody stars and saves is theirs, in all their sessions, and nobody else's", async () => {
  verifies("web:preferences:durable");
  expect(await read(viewer)).toEqual({ starred: [], views: [] });
  const starred = await change(viewer, { starred: ["b", "a", "b"] });
  expect(preferencesSchema.parse(await starred.json())).toEqual({ starred: ["b", "a"], views: [] });
  expect((await change(viewer, { views: [failed] })).status).toBe(200);
  const again = await seedMember("v", "viewer", { scopes: ["runs:read"] });
  expect(await read(again)).toEqual({ starred: ["b", "a"], views: [failed] });
  expect(await read(await seedMember("w", "admin"))).toEqual({ starred: [], views: [] });
  expect(await read(await strangerToken())).toEqual({ starred: [], views: [] });
  await change(viewer, { starred: [] });
  expect(await read(viewer)).toEqual({ starred: [], views: [failed] });
});

it("two changes at once of two lists are both kept", async () => {
  verifies("web:preferences:durable");
  await Promise.all([change(viewer, { starred: ["a"] }), change(viewer, { views: [failed] })]);
  expect(await read(viewer)).toEqual({ starred: ["a"], views: [failed] });
});

it("goes with the membership", async () => {
  verifies("web:preferences:durable");
  await change(viewer, { starred: ["a"] });
  const gone = await callApi("DELETE", `/api/workspace/members/${personId("v")}`);
  expect(gone.status).toBe(204);
  expect(await read(await seedMember("v", "viewer"))).toEqual({ starred: [], views: [] });
});

it.each([
  ["a name that is too long", { starred: ["x".repeat(201)] }, "/starred/0"],
  ["too many", { starred: Array.from({ length: 201 }, (_, index) => `w${index}`) }, "/starred"],
  ["a list that has no views", { views: [{ ...failed, list: "secrets" }] }, "/views/0/list"],
  ["a view without a name", { views: [{ ...failed, name: " " }] }, "/views/0/name"],
  ["what there is none of", { colour: "red" }, ""],
])("refuses %s where it is wrong", async (_, json, pointer) => {
  const answer = await change(viewer, json);
  expect(answer.status).toBe(422);
  expect(JSON.stringify(await answer.json())).toContain(`"pointer":"${pointer}"`);
});
