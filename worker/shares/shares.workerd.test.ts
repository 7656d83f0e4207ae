import { env } from "cloudflare:workers";
import { expect, it } from "vitest";
import { deployedSchema } from "#contract/deploys/deploy";
import { createdShareSchema, publicRunStartedSchema, shareSummarySchema } from "#contract/shares/share";
import type { CreatedShare } from "#contract/shares/share";
import { runDetailSchema } from "#contract/runs/run";
import { callApi, seedWorker, strangerToken } from "../../test/support/workerd/api-harness.ts";
import { verifies } from "../../test/verifies.ts";

const name = {
  name: "name",
  kind: "scalar" as const,
  type: "string",
  label: "Name",
  required: true,
};
const workerYml = `schema_version: "0.3"\nname: greets\ntitle: Greets\nversion: "1.0.0"\nexec:\n  entry: run.py\n`;

async function share(worker: string, json: object = {}): Promise<CreatedShare> {
  const answer = await callApi("POST", `/api/workers/${worker}/shares`, { json });
  expect(answer.status).toBe(201);
  return createdShareSchema.parse(await answer.json());
}

const look = (token: string, worker = "greets") =>
  callApi("GET", `/api/workers/public/${worker}?token=${token}`, { token: "" });
const start = (token: string, { cookie = "", worker = "greets", inputs = { name: "Ada" } as object } = {}) =>
  callApi("POST", `/api/workers/public/${worker}/runs`, {
    token: "",
    json: { token, inputs },
    headers: cookie === "" ? {} : { cookie },
  });
const read = (run: string, token: string, cookie = "") =>
  callApi("GET", `/api/runs/public/${run}?token=${token}`, {
    token: "",
    headers: cookie === "" ? {} : { cookie },
  });
const cookieOf = (answer: Response) => (answer.headers.get("set-cookie") ?? "").split(";")[0] ?? "";
const countRuns = async () =>
  (await env.DB.prepare("SELECT count(*) AS n FROM runs").first<{ n: number }>())?.n;

/** What is told of an answer that differs from request to request is taken out. */
async function told(answer: Response) {
  const text = await answer.text();
  const id = answer.headers.get("x-request-id") ?? "-";
  return { status: answer.status, text: text.replaceAll(id, "(request)") };
}

it("whoever has a link starts a run of its worker, and reads it in the same browser alone", async () => {
  verifies("shares:visitor:own-runs-alone");
  await seedWorker("greets", { inputs: [name] });
  const link = await share("greets");
  expect(link.token).toMatch(/^fls_[0-9A-Za-z]{32}$/);
  expect(link.url).toBe(`http://floom.test/s/${link.token}`);
  const started = await start(link.token);
  expect(started.status).toBe(202);
  const { run_id } = publicRunStartedSchema.parse(await started.json());
  const cookie = cookieOf(started);
  expect(started.headers.get("set-cookie")).toContain("HttpOnly");
  expect(await (await read(run_id, link.token, cookie)).json()).toMatchObject({ id: run_id });
  const other = cookieOf(await start(link.token));
  expect(other).not.toBe(cookie);
  for (const wrong of ["", other, "floom_visitor=guess"])
    expect((await read(run_id, link.token, wrong)).status).toBe(404);
  const second = await share("greets");
  expect((await read(run_id, second.token, cookie)).status).toBe(404);
  const owners = runDetailSchema.parse(await (await callApi("GET", `/api/runs/${run_id}`)).json());
  expect(owners).toMatchObject({ trigger_source: "public_share", trigger_ref: link.id });
});

it("a link is good for its own worker, and for no other route", async () => {
  verifies("shares:visitor:own-runs-alone");
  await seedWorker("greets", { inputs: [name] });
  await seedWorker("other-worker");
  const { token } = await share("greets");
  expect((await look(token, "other-worker")).status).toBe(404);
  expect((await start(token, { worker: "other-worker", inputs: {} })).status).toBe(404);
  for (const path of ["/api/workers", "/api/workers/greets", "/api/runs", "/api/secrets", "/api/shares"])
    expect([path, (await callApi("GET", path, { token })).status]).toEqual([path, 401]);
});

it("a link that was revoked, is over, is spent or was guessed is answered alike, and starts nothing", async () => {
  verifies("shares:link:one-answer");
  await seedWorker("greets", { inputs: [name] });
  const [revoked, over, spent] = [
    await share("greets"),
    await share("greets"),
    await share("greets", { run_cap: 1 }),
  ];
  await callApi("DELETE", `/api/shares/${revoked.id}`);
  await env.DB.prepare("UPDATE shares SET expires_at = 1 WHERE id = ?").bind(over.id).run();
  expect((await start(spent.token)).status).toBe(202);
  await expect.poll(countRuns).toBe(1);
  const guessed = `fls_${"0".repeat(32)}`;
  const answers = [];
  for (const token of [guessed, revoked.token, over.token, spent.token, "", "fls_'--"])
    answers.push([await told(await look(token)), await told(await start(token))]);

  for (const answer of answers) expect(answer).toEqual(answers[0]);
  expect(answers[0]?.map(({ status }) => status)).toEqual([404, 404]);
  expect(await countRuns()).toBe(1);
});

it("a token stands in the answer that makes it, and in no list, table or record of changes", async () => {
  verifies("shares:link:shown-once");
  await seedWorker("greets");
  const { token, id } = await share("greets", { name: "for Ada" });
  const listed = await (await callApi("GET", "/api/shares?worker=greets")).text();
  expect(shareSummarySchema.array().parse(JSON.parse(listed))).toMatchObject([
    { id, name: "for Ada", worker: "greets" },
  ]);
  await callApi("POST", "/api/workers/import-from-share", { json: { token } });
  const audit = await (await callApi("GET", "/api/audit")).text();
  expect(audit).toContain("createWorkerShare");
  const rows = JSON.stringify(await env.DB.prepare("SELECT * FROM shares").all());
  for (const text of [listed, audit, rows]) expect(text).not.toContain(token.slice(4));
});

it("inputs that do not fit are told by field; what keeps the owner's worker from running is not", async () => {
  verifies("shares:visitor:nothing-inside");
  await seedWorker("greets", { inputs: [name], secrets: ["OWNERS_KEY"] });
  const { token } = await share("greets", { run_cap: 5 });
  const refused = await start(token);
  expect(refused.status).toBe(503);
  expect(await refused.text()).not.toContain("OWNERS_KEY");
  await callApi("POST", "/api/secrets/OWNERS_KEY", { json: { value: "sesame-open" } });
  const unfit = await start(token, { inputs: {} });
  expect([unfit.status, await unfit.text()]).toEqual([422, expect.stringContaining("/inputs/name")]);
  const [listed] = shareSummarySchema.array().parse(await (await callApi("GET", "/api/shares")).json());
  expect(listed?.run_count).toBe(0);
});

it("a link starts no more runs in an hour than it may, nor one visitor more than theirs", async () => {
  verifies("shares:visitor:paced");
  await seedWorker("greets", { inputs: [name] });
  const perVisitor = await share("greets", { visitor_runs_per_hour: 2 });
  const first = await start(perVisitor.token);
  const cookie = cookieOf(first);
  const second = await start(perVisitor.token, { cookie });
  const third = await start(perVisitor.token, { cookie });
  expect([first, second, third].map(({ status }) => status)).toEqual([202, 202, 429]);
  // Without the cookie it is still the same place.
  expect((await start(perVisitor.token)).status).toBe(429);
  const perLink = await share("greets", { runs_per_hour: 1 });
  const [one, two] = await Promise.all([start(perLink.token), start(perLink.token)]);
  expect(new Set([one.status, two.status])).toEqual(new Set([202, 429]));
  const capped = await share("greets", { run_cap: 3 });
  const many = await Promise.all(Array.from({ length: 8 }, () => start(capped.token)));
  expect(many.filter(({ status }) => status === 202)).toHaveLength(3);
});

it("a private app's links answer nothing until it is opened again, and a link is not made meanwhile", async () => {
  verifies("shares:app:states");
  await seedWorker("greets", { inputs: [name] });
  const { token } = await share("greets");
  expect((await look(token)).status).toBe(200);
  const set = (json: object) => callApi("PUT", "/api/workers/greets/app", { json });
  expect((await set({ state: "private" })).status).toBe(200);
  expect((await look(token)).status).toBe(404);
  expect((await callApi("POST", "/api/workers/greets/shares")).status).toBe(409);
  await set({ state: "link" });
  expect((await look(token)).status).toBe(200);
  expect((await set({ state: "password" })).status).toBe(422);
});

it("a page's address is one page's alone, and a name that is taken elsewhere gets another", async () => {
  const push = { worker_yml: workerYml, run_py: "print(1)" };
  await callApi("POST", "/api/workers", { json: push });
  const token = await strangerToken();
  await callApi("POST", "/api/workers", { json: push, token });
  const ours = await (await callApi("PUT", "/api/workers/greets/app", { json: { state: "public" } })).json();
  expect(ours).toMatchObject({ slug: "greets", url: "http://floom.test/a/greets" });
  const theirs = await (await callApi("GET", "/api/workers/greets/app", { token })).json();
  expect(theirs).toMatchObject({ slug: expect.stringMatching(/^greets-\w{6}$/) as string, state: "private" });
  const taken = await callApi("PUT", "/api/workers/greets/app", { json: { slug: "greets" }, token });
  expect([taken.status, await taken.text()]).toEqual([409, expect.stringContaining("slug_taken")]);
});

it("a shared worker is copied where its link says so: its files and nothing else", async () => {
  verifies("shares:copy:never-secrets");
  await callApi("POST", "/api/workers", { json: { worker_yml: workerYml, run_py: "print('of the owner')" } });
  await callApi("POST", "/api/secrets/OWNERS_KEY", { json: { value: "sesame-open" } });
  const closed = await share("greets");
  const token = await strangerToken();
  const take = (of: string) =>
    callApi("POST", "/api/workers/import-from-share", { json: { token: of }, token });
  expect((await take(closed.token)).status).toBe(404);
  const open = await share("greets", { allow_copy: true });
  const copied = await take(open.token);
  expect([copied.status, await copied.json()]).toEqual([
    201,
    { worker_id: "greets", url: "http://floom.test/workers/greets" },
  ]);
  const again = (await (await take(open.token)).json()) as object;
  expect(again).toMatchObject({ worker_id: "greets-copy" });
  const copy = await (await callApi("GET", "/api/workers/greets-copy", { token })).text();
  expect(copy).toContain("of the owner");
  expect(await (await callApi("GET", "/api/secrets", { token })).json()).toEqual([]);
});

it("a copy is held, or refused, as its new workspace holds its workers, and not as the one it comes from", async () => {
  const yml = (name: string) => workerYml.replace("greets", name);
  const push = (name: string, run_py: string) =>
    callApi("POST", "/api/workers", { json: { worker_yml: yml(name), run_py } });
  await push("hasty", "print('done')");
  await push("asking", "import floom\nfloom.approve('Send it', preview='x')");
  const [hasty, asking] = [
    await share("hasty", { allow_copy: true }),
    await share("asking", { allow_copy: true }),
  ];
  const token = await strangerToken();
  await callApi("PATCH", "/api/workspace/settings", { token, json: { approval_default: "always" } });
  const take = (of: string) =>
    callApi("POST", "/api/workers/import-from-share", { json: { token: of }, token });
  const refused = await take(hasty.token);
  expect([refused.status, await refused.json()]).toMatchObject([422, { errors: [{ code: "never_asks" }] }]);
  expect((await take(asking.token)).status).toBe(201);
  const copy = await callApi("GET", "/api/workers/asking", { token });
  expect(await copy.json()).toMatchObject({ config: { approvals: { required: true } } });
});

it("the first Floom's clients make, list and revoke links by their own routes", async () => {
  await seedWorker("greets", { inputs: [name] });
  const make = async (json: object) =>
    (await (await callApi("POST", "/api/workers/greets/share-link", { json })).json()) as { token: string };
  const first = await make({});
  const second = await make({ regenerate: true });
  expect((await look(first.token)).status).toBe(404);
  expect((await look(second.token)).status).toBe(200);
  expect(await (await callApi("GET", "/api/workers/greets/share-links")).json()).toHaveLength(1);
  expect((await callApi("DELETE", "/api/workers/greets/share-link")).status).toBe(204);
  expect((await look(second.token)).status).toBe(404);
});

it("what a deploy calls a worker's page is its page from then on, though another's is called the same", async () => {
  verifies("shares:page:address-kept");
  const code = "def greets(name: str) -> str: ...\n";
  const deploy = async (token?: string) => {
    const json = { name: "greets", code };
    const answer = await callApi("POST", "/api/deploy", token === undefined ? { json } : { json, token });
    return deployedSchema.parse(await answer.json()).url;
  };
  const other = await strangerToken();
  const urls = await Promise.all([deploy(), deploy(other)]);
  expect(urls.toSorted()).toEqual([
    "http://floom.test/a/greets",
    expect.stringMatching(/\/a\/greets-\w{6}$/),
  ]);
  expect([await deploy(), await deploy(other)]).toEqual(urls);
  const app = async () => (await callApi("GET", "/api/workers/greets/app")).json();
  expect(await app()).toMatchObject({ url: urls[0], state: "private" });
  await share("greets");
  expect(await app()).toMatchObject({ url: urls[0], state: "link" });
  expect(await app()).not.toHaveProperty("untouched");
});

it("of two pages that are given one address at the same moment, one has it and the other is told", async () => {
  verifies("shares:page:address-kept");
  const push = { worker_yml: workerYml, run_py: "print(1)" };
  const other = await strangerToken();
  await callApi("POST", "/api/workers", { json: push });
  await callApi("POST", "/api/workers", { json: push, token: other });
  const set = async (more: object) =>
    (await callApi("PUT", "/api/workers/greets/app", { json: { slug: "hello" }, ...more })).status;
  const answers = await Promise.all([set({}), set({ token: other }), set({}), set({ token: other })]);
  expect(new Set(answers)).toEqual(new Set([200, 409]));
});
