import { beforeEach, expect, it } from "vitest";
import { waitingPageSchema } from "#contract/versions/review";
import { callApi, strangerToken } from "../../../test/support/workerd/api-harness.ts";
import { seedMember } from "../../../test/support/workerd/people.ts";
import { verifies } from "../../../test/verifies.ts";

const source = (name: string, script: string) => ({
  worker_yml: `schema_version: "0.3"\nname: ${name}\ntitle: The ${name}\nversion: 0.1.0\nexec: { entry: run.py }\n`,
  run_py: script,
});

/** A worker at version 1 with version 2 in quarantine. */
async function quarantine(name: string): Promise<void> {
  expect((await callApi("POST", "/api/workers", { json: source(name, "print(1)") })).status).toBe(201);
  const pushed = await callApi("PUT", `/api/workers/${name}?quarantine=true`, {
    json: source(name, "print(2)"),
  });
  expect(pushed.status).toBe(200);
}

async function list(query = "", token?: string) {
  const answer = await callApi("GET", `/api/quarantine${query}`, token === undefined ? {} : { token });
  expect(answer.status).toBe(200);
  return waitingPageSchema.parse(await answer.json());
}
const namesOf = (page: Awaited<ReturnType<typeof list>>) => page.versions.map(({ worker }) => worker);

beforeEach(async () => {
  for (const name of ["held-a", "held-b", "held-c"]) await quarantine(name);
});

it("lists what waits over all workers, newest first, page by page, and nothing that was decided", async () => {
  verifies("versions:quarantine:listed-over-all");
  const all = await list();
  expect(namesOf(all)).toEqual(["held-c", "held-b", "held-a"]);
  expect(all.versions[0]).toMatchObject({
    title: "The held-c",
    version: { number: 2, state: "quarantined", active: false },
  });
  const first = await list("?limit=2");
  expect(namesOf(first)).toEqual(["held-c", "held-b"]);
  const rest = await list(`?limit=2&cursor=${first.next_cursor}`);
  expect(namesOf(rest)).toEqual(["held-a"]);
  expect(rest.next_cursor).toBeNull();
  await callApi("POST", "/api/workers/held-b/versions/2/reject", { json: { reason: "No." } });
  await callApi("POST", "/api/workers/held-a/versions/2/promote", { json: {} });
  expect(namesOf(await list())).toEqual(["held-c"]);
});

it("shows nobody a worker that they may not see, and refuses a cursor that it did not give out", async () => {
  verifies("versions:quarantine:listed-over-all");
  const viewer = await seedMember("v", "viewer");
  expect(namesOf(await list("", viewer))).toEqual(["held-c", "held-b", "held-a"]);
  await callApi("PUT", "/api/workers/held-b/visibility", { json: { visibility: "private" } });
  expect(namesOf(await list("", viewer))).toEqual(["held-c", "held-a"]);
  expect(namesOf(await list("", await strangerToken()))).toEqual([]);
  expect((await callApi("GET", "/api/quarantine?cursor=AAAA")).status).toBe(422);
});
