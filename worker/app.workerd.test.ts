import { expect, it } from "vitest";
import { limits } from "#contract/limits";
import { problemSchema } from "#contract/problem";
import type { TableRoute } from "#contract/routes";
import { routes } from "#contract/routes";
import { callApi, seedWorker, strangerToken } from "../test/support/workerd/api-harness.ts";
import { verifies } from "../test/verifies.ts";

const all: TableRoute[] = Object.values(routes);
const guarded = all.filter((route) => route.access !== "public");
const scoped = guarded.filter((route) => route.access !== "run_token");

/** A path with every parameter filled in: the names of things that are there for their owner, or of nothing. */
function fill(route: TableRoute, values: Record<string, string>): string {
  return route.path.replace(/\{(\w+)\}/g, (_, name: string) => values[name] ?? "1");
}

const nothing = {
  worker: "no-such-worker",
  run: "run_00000000000000000000000000",
  upload: "0".repeat(64),
  key: "0".repeat(64),
};

it.each(guarded.map((route) => [route.id, route] as const))(
  "%s answers 401 without a token",
  async (_id, route) => {
    verifies("access:every-route:no-token-401");
    for (const token of ["", "not-a-token"]) {
      const response = await callApi(route.method, fill(route, nothing), { token });
      expect(response.status).toBe(401);
      expect(problemSchema.parse(await response.json()).code).toBe("unauthenticated");
    }
  },
);

it.each(scoped.map((route) => [route.id, route] as const))(
  "%s answers 403 to a token without its scope",
  async (_id, route) => {
    const token = await strangerToken([]);
    const response = await callApi(route.method, fill(route, nothing), { token });
    expect(problemSchema.parse(await response.json())).toMatchObject({
      status: 403,
      code: "insufficient_scope",
    });
  },
);

/** Routes that name a thing and take no body a stranger would have to make up. */
const naming = scoped.filter(
  (route) =>
    /\{(worker|upload)\}/.test(route.path) &&
    (!route.body || (route.body.kind === "json" && route.body.optional)),
);

it.each(naming.map((route) => [route.id, route] as const))(
  "%s answers another workspace exactly as if the thing did not exist",
  async (_id, route) => {
    verifies("access:every-route:stranger-404");
    await seedWorker("their-worker");
    const token = await strangerToken();
    const theirs = await callApi(route.method, fill(route, { ...nothing, worker: "their-worker" }), {
      token,
    });
    const missing = await callApi(route.method, fill(route, nothing), { token });
    expect(theirs.status).toBe(404);
    const [a, b] = [problemSchema.parse(await theirs.json()), problemSchema.parse(await missing.json())];
    expect({ ...a, instance: "", request_id: "" }).toEqual({ ...b, instance: "", request_id: "" });
  },
);

const withBody = scoped.filter((route) => route.body);

it.each(withBody.map((route) => [route.id, route] as const))(
  "%s refuses a body over its limit",
  async (_id, route) => {
    const { body } = route;
    if (!body) return;
    const type =
      body.kind === "json"
        ? "application/json"
        : body.kind === "multipart"
          ? "multipart/form-data; boundary=x"
          : (body.media_types[0] ?? "");
    const most = limits[body.limit].value;
    const response = await callApi(route.method, fill(route, nothing), {
      headers: { "content-type": type },
      body: new Uint8Array(most + 1),
    });
    expect(response.status).toBe(413);
  },
);

it("an unknown route is a 404 problem and a wrong method a 405 with Allow", async () => {
  const unknown = await callApi("GET", "/api/nothing");
  expect(problemSchema.parse(await unknown.json()).code).toBe("unknown_route");
  const wrong = await callApi("DELETE", "/api/runs");
  expect(wrong.headers.get("allow")).toBe("GET");
  expect(problemSchema.parse(await wrong.json())).toMatchObject({ status: 405, code: "method_not_allowed" });
});

it("every refusal carries a request id that the header repeats", async () => {
  const response = await callApi("GET", "/api/runs", { token: "" });
  expect(problemSchema.parse(await response.json()).request_id).toBe(response.headers.get("x-request-id"));
});
