import { expect, it } from "vitest";
import { problemSchema } from "#contract/problem";
import { pushResultSchema, uploadSchema, workerSummarySchema } from "#contract/workers/worker";
import { callApi, strangerToken } from "../../../test/support/workerd/api-harness.ts";
import { verifies } from "../../../test/verifies.ts";

async function push(lines: string, exec = "") {
  const worker_yml = `schema_version: "0.3"\nname: told\ntitle: Told\nversion: 0.1.0\nexec:\n  entry: run.py\n${exec}${lines}\n`;
  const answer = await callApi("POST", "/api/workers", { json: { worker_yml, run_py: "print(1)" } });
  return pushResultSchema.parse(await answer.json());
}

const start = (inputs: object = {}) => callApi("POST", "/api/workers/told/runs", { json: { inputs } });
const problemOf = async (answer: Response) => problemSchema.parse(await answer.json());

it.each([
  [
    "contexts: [{name: handbook, source: git+https://git.example/handbook}]",
    "contexts from a git repository (handbook)",
  ],
  ["memory: true", "memory for scripts"],
])(
  "what is declared and not there is said at push and refused at start, by name: %s",
  async (lines, what) => {
    verifies("run:start:declared-and-absent");
    const { warnings } = await push(lines);
    expect(warnings.filter(({ code }) => code === "not_available")).toMatchObject([
      { message: expect.stringContaining(what) as string },
    ]);
    const problem = await problemOf(await start());
    expect(problem).toMatchObject({ status: 409, code: "worker_not_runnable" });
    expect(problem.detail).toContain(what);
  },
);

it("a context that is missing is said at push, where the worker is looked at, and at start, until it is made", async () => {
  verifies("contexts:mounts:missing-is-told");
  const { warnings } = await push("contexts: [rulebook, {name: diary, writeable: true}]");
  expect(warnings).toMatchObject([{ code: "missing_contexts", line: 7 }]);
  const shown = await (await callApi("GET", "/api/workers/told")).json();
  expect(shown).toMatchObject({ contexts: ["rulebook", "diary"], missing_contexts: ["rulebook", "diary"] });
  const problem = await problemOf(await start());
  expect(problem).toMatchObject({ status: 409, code: "missing_contexts" });
  expect(problem.detail).toContain("rulebook, diary");
  await callApi("POST", "/api/contexts/rulebook");
  await callApi("POST", "/api/contexts/diary");
  expect((await problemOf(await start())).detail).toContain("diary (no worker may write it)");
  await callApi("PUT", "/api/contexts/diary/writeable", { json: { writeable: true } });
  expect((await start()).status).toBe(202);
});

it("a context is mounted where its condition holds, and not looked for where it does not", async () => {
  await push(
    "contexts: [{name: full-only, when: {input: mode, equals: full}}]",
    "  inputs: [{name: mode, kind: scalar, type: string}]\n",
  );
  expect((await start({ mode: "quick" })).status).toBe(202);
  expect((await problemOf(await start({ mode: "full" }))).code).toBe("missing_contexts");
});

it("a private context is missing for a worker that somebody else pushed", async () => {
  const others = { token: await strangerToken() };
  await callApi("POST", "/api/contexts/hidden", { ...others, json: { visibility: "private" } });
  await push("contexts: [hidden]");
  expect((await problemOf(await start())).code).toBe("missing_contexts");
});

it("a private context is as good as missing for a worker that a token of nobody pushed, and both are told alike", async () => {
  const told: string[] = [];
  const made = await callApi("POST", "/api/auth/tokens", { json: { name: "ci", scopes: ["workers:write"] } });
  const { token } = (await made.json()) as { token: string };
  for (const name of ["not-there", "own"]) {
    if (name === "own") await callApi("POST", "/api/contexts/own", { json: { visibility: "private" } });
    const worker_yml = `schema_version: "0.3"\nname: told-${name}\ntitle: T\nversion: 0.1.0\nexec:\n  entry: run.py\ncontexts: [${name}]\n`;
    await callApi("POST", "/api/workers", { token, json: { worker_yml, run_py: "print(1)" } });
    const refused = await callApi("POST", `/api/workers/told-${name}/runs`, { json: {} });
    const { code, detail } = await problemOf(refused);
    expect([refused.status, code]).toEqual([409, "missing_contexts"]);
    told.push(detail.replaceAll(name, "NAME"));
  }
  expect(told[0]).toBe(told[1]);
  expect(told[0]).toContain("a private one is there only for workers that its maker pushed");
});

it("secrets count as declared wherever they are listed", async () => {
  verifies("run:start:declared-and-absent");
  await push("capabilities: {secrets: [API_KEY]}", "  secrets: [OTHER_KEY]\n");
  const problem = await problemOf(await start());
  expect(problem.code).toBe("missing_secrets");
  expect(problem.detail).toContain("OTHER_KEY, API_KEY");
});

it("a resume lifts what worker.yml says of a pause, and a pause says so again", async () => {
  verifies("run:start:resume-means-it");
  await push("paused: true");
  expect(await problemOf(await start())).toMatchObject({ code: "worker_paused" });
  const act = async (verb: string) =>
    workerSummarySchema.parse(await (await callApi("POST", `/api/workers/told/${verb}`)).json());
  expect(await act("resume")).toMatchObject({ paused: false });
  expect((await start()).status).toBe(202);
  expect(await act("pause")).toMatchObject({ paused: true });
  expect(await problemOf(await start())).toMatchObject({ code: "worker_paused" });
});

it("two files of one content are each what their input accepts, and a file that is not is refused", async () => {
  verifies("run:start:files-by-every-name");
  await push(
    "",
    "  inputs:\n    - {name: table, kind: file, accepts: [.csv]}\n    - {name: notes, kind: file, accepts: [text/plain]}\n",
  );
  const upload = async (name: string) => {
    const body = new FormData();
    body.append("file", new Blob(["same"]), name);
    return uploadSchema.parse(await (await callApi("POST", "/api/uploads", { body })).json());
  };
  const [table, notes] = [await upload("a.csv"), await upload("b.txt")];
  expect(notes).toMatchObject({ id: table.id, filename: "b.txt" });
  expect((await start({ table: table.id, notes: notes.id })).status).toBe(202);
  const other = new FormData();
  other.append("file", new Blob(["other"]), "c.txt");
  const { id } = uploadSchema.parse(await (await callApi("POST", "/api/uploads", { body: other })).json());
  expect(await problemOf(await start({ table: id }))).toMatchObject({
    errors: [{ pointer: "/inputs/table", code: "wrong_file_type" }],
  });
});
