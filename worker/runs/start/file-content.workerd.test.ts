import { env } from "cloudflare:workers";
import { expect, it } from "vitest";
import type { Field } from "#contract/manifest/manifest";
import { problemSchema } from "#contract/problem";
import { uploadSchema } from "#contract/workers/worker";
import { sha256Hex } from "../../platform/crypto.ts";
import { callApi, seedWorker } from "../../../test/support/workerd/api-harness.ts";
import { verifies } from "../../../test/verifies.ts";

const field = (name: string, rules: Partial<Field>): Field => ({
  name,
  kind: "file",
  type: "file",
  label: name,
  required: false,
  path: `inputs/${name}`,
  ...rules,
});

async function upload(name: string, content: string): Promise<string> {
  const body = new FormData();
  body.append("file", new Blob([content]), name);
  return uploadSchema.parse(await (await callApi("POST", "/api/uploads", { body })).json()).id;
}

const start = (inputs: object) => callApi("POST", "/api/workers/looks/runs", { json: { inputs } });
const seed = () =>
  seedWorker("looks", {
    inputs: [
      field("people", { accepts: [".csv", ".xlsx"], columns: ["email", "name"] }),
      field("data", { json_required_keys: ["id"] }),
    ],
  });

it.each([
  [
    "people",
    "p.csv",
    "first,last\n1,2\n",
    "missing_columns",
    /lacks columns email, name; its header is "first,last"/,
  ],
  ["people", "p.csv", "", "missing_columns", /lacks columns email, name: the file is empty/],
  ["data", "d.json", '{"ident": 1}', "missing_keys", /lacks json_required_keys id/],
  ["data", "d.json", '[{"id": 1}]', "missing_keys", /is not a JSON object with json_required_keys id/],
  ["data", "d.json", '{"id": 1', "missing_keys", /is not valid JSON/],
])(
  "the input %s given as %s holding %j is refused before there is a run",
  async (name, file, content, code, detail) => {
    verifies("run:start:file-content");
    await seed();
    const answer = await start({ [name]: await upload(file, content) });
    const problem = problemSchema.parse(await answer.json());
    expect(problem).toMatchObject({
      status: 422,
      code: "invalid_inputs",
      errors: [{ pointer: `/inputs/${name}`, code }],
    });
    expect(problem.detail).toMatch(detail);
    const runs = await env.DB.prepare("SELECT count(*) AS n FROM runs").first<{ n: number }>();
    expect(runs?.n).toBe(0);
  },
);

it("files that have what is asked for start a run, and a workbook is not read as a table", async () => {
  verifies("run:start:file-content");
  await seed();
  const people = await upload("p.csv", "\uFEFFname;email;more\r\n1;2;3\r\n");
  const data = await upload("d.json", '{"rows": [{"x": 1}], "id": 7}');
  expect((await start({ people, data })).status).toBe(202);
  expect((await start({ people: await upload("p.xlsx", "PK\u0003\u0004") })).status).toBe(202);
});

it("a large file is looked through to its end, for a key that comes last", async () => {
  verifies("run:start:file-content");
  await seed();
  const rows = `{"text": "${"x".repeat(1000)}"},`.repeat(6000);
  expect((await start({ data: await upload("d.json", `{"rows": [${rows}1], "id": 7}`) })).status).toBe(202);
  expect((await start({ data: await upload("d.json", `{"rows": [${rows}1], "no": 7}`) })).status).toBe(422);
});

it("a small file may stand in the input itself, is judged as an uploaded one, and is on record by its id", async () => {
  verifies("run:start:inline-files");
  await seed();
  const good = await start({ people: "data:text/csv;name=p.csv,email%2Cname%0Aa,b" });
  expect(good.status).toBe(202);
  expect(await good.text()).not.toContain("data:");
  const kept = await callApi("GET", `/api/uploads/${await sha256Hex("email,name\na,b")}`);
  expect(await kept.text()).toBe("email,name\na,b");

  const unfit = problemSchema.parse(await (await start({ people: "data:text/csv;name=p.csv,first" })).json());
  expect(unfit).toMatchObject({ errors: [{ pointer: "/inputs/people", code: "missing_columns" }] });
  const other = problemSchema.parse(await (await start({ people: "data:image/png;base64,AAAA" })).json());
  expect(other.errors?.[0]?.pointer).toBe("/inputs/people");
  const broken = problemSchema.parse(await (await start({ people: "data:text/csv;base64,*" })).json());
  expect(broken.detail).toContain("is a data: URL that cannot be read");
});
