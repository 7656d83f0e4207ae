import { env } from "cloudflare:workers";
import { TextReader, Uint8ArrayWriter, ZipWriter } from "@zip.js/zip.js";
import { expect, it } from "vitest";
import * as z from "zod";
import { actionDefinitionSchema } from "#contract/actions/action";
import { deployedSchema } from "#contract/deploys/deploy";
import { problemSchema } from "#contract/problem";
import { runDetailSchema } from "#contract/runs/run";
import { uploadSchema, validationResultSchema, workerDetailSchema } from "#contract/workers/worker";
import { callApi } from "../../../test/support/workerd/api-harness.ts";
import { verifies } from "../../../test/verifies.ts";
import { createFiles } from "../../platform/files.ts";

const code = `"""Small sums."""
import os
import floom

def add(a: int, b: int = 2) -> int:
    """Adds two numbers."""
    return a + b

def greet(name: str) -> str:
    return floom.secret("GREETING_KEY") + name
`;

async function deploy(json: object) {
  const answer = await callApi("POST", "/api/deploy", { json });
  return deployedSchema.parse(await answer.json());
}

const problemOf = async (answer: Response) => problemSchema.parse(await answer.json());
const start = (path: string, json: object) => callApi("POST", `/api/workers/sums/${path}`, { json });

async function upload(name: string, type: string): Promise<string> {
  const body = new FormData();
  body.append("file", new Blob([name], { type }), name);
  return uploadSchema.parse(await (await callApi("POST", "/api/uploads", { body })).json()).id;
}

it("one call with a Python file answers all that it takes to go on", async () => {
  verifies("typing:deploy:one-call");
  const deployed = await deploy({ name: "Sums", code });
  expect(deployed).toMatchObject({
    worker: "sums",
    created: true,
    url: "http://floom.test/a/sums",
    api: "http://floom.test/api/workers/sums/actions/add/runs",
    tools: ["sums__add", "sums__greet"],
    missing_secrets: ["GREETING_KEY"],
    actions: [
      {
        name: "add",
        description: "Adds two numbers.",
        input_schema: { properties: { a: { type: "integer" }, b: { default: 2 } }, required: ["a"] },
        output_schema: { type: "integer" },
      },
      { name: "greet" },
    ],
  });
  expect(await deploy({ name: "Sums", code })).toMatchObject({ created: false, changed: false, version: 1 });
  const shown = workerDetailSchema.parse(await (await callApi("GET", "/api/workers/sums")).json());
  expect(shown).toMatchObject({ mode: "functions", description: "Small sums.", status: "missing_secret" });
  expect(shown.manifest_yaml).toContain("mode: functions");
  const actions = await (await callApi("GET", "/api/workers/sums/actions")).json();
  expect(
    z
      .array(actionDefinitionSchema)
      .parse(actions)
      .map(({ name }) => name),
  ).toEqual(["add", "greet"]);
});

it("a deploy into quarantine is stored, says so, and leaves the active version alone", async () => {
  expect(await deploy({ name: "Held sums", code })).toMatchObject({ version: 1, state: "active" });
  const changed = code.replace("Small", "Other");
  const held = await deploy({ name: "Held sums", code: changed, quarantine: true });
  expect(held).toMatchObject({ worker: "held-sums", version: 2, state: "quarantined", changed: true });
  const shown = workerDetailSchema.parse(await (await callApi("GET", "/api/workers/held-sums")).json());
  expect(shown).toMatchObject({ version: 1, description: "Small sums." });
});

it("a folder of functions is named by itself where its file is called as many are", async () => {
  const writer = new ZipWriter(new Uint8ArrayWriter(), { useWebWorkers: false });
  await writer.add(
    "app.py",
    new TextReader("from models import Item\ndef total(items: list[Item]) -> float: ...\n"),
  );
  await writer.add(
    "models.py",
    new TextReader("from dataclasses import dataclass\n@dataclass\nclass Item:\n    price: float\n"),
  );
  const body = new Uint8Array(await writer.close());
  const answer = await callApi("POST", "/api/deploy/zip?folder=Price%20List", {
    body,
    headers: { "content-type": "application/zip" },
  });
  const deployed = deployedSchema.parse(await answer.json());
  expect(deployed).toMatchObject({ worker: "price-list", tools: ["price-list"] });
  expect(deployed.actions[0]?.input_schema).toMatchObject({ properties: { items: { type: "array" } } });
});

it("a folder of functions that is pushed to a worker is that worker, whatever its file is called", async () => {
  const writer = new ZipWriter(new Uint8ArrayWriter(), { useWebWorkers: false });
  await writer.add("app.py", new TextReader(code));
  const body = new Uint8Array(await writer.close());
  const headers = { "content-type": "application/zip" };
  const pushed = await callApi("PUT", "/api/workers/small-sums/bundle", { body, headers });
  expect([pushed.status, await pushed.json()]).toMatchObject([200, { worker: { id: "small-sums" } }]);
  const json = { files: [{ path: "app.py", content: code.replace("Small", "Smaller") }] };
  const replaced = await callApi("PUT", "/api/workers/small-sums/files", { json });
  expect([replaced.status, await replaced.json()]).toMatchObject([200, { version: { number: 2 } }]);
});

it("what cannot be a form is refused with its line and what to write instead", async () => {
  verifies("typing:refusal:line-and-suggestion");
  const faulty = "def ok(x: int) -> int: ...\n\ndef send(*names: str) -> None: ...\n";
  const problem = await problemOf(await callApi("POST", "/api/deploy", { json: { code: faulty } }));
  expect(problem).toMatchObject({
    status: 422,
    code: "invalid_bundle",
    errors: [{ file: "app.py", line: 3, code: "open_parameters" }],
  });
  expect(problem.detail).toContain("app.py, line 3");
  expect(problem.errors?.[0]?.fix).toBe(
    "Write names: list[str] instead. If it is only a helper, call it _send.",
  );
  const json = { files: [{ path: "app.py", content: faulty }] };
  const checked = validationResultSchema.parse(
    await (await callApi("POST", "/api/workers/validate", { json })).json(),
  );
  expect(checked).toMatchObject({ valid: false, problems: [{ file: "app.py", line: 3 }] });
});

it("a start names its action, and its inputs are judged by that action's schema", async () => {
  verifies("typing:actions:named-at-start");
  verifies("typing:actions:judged-by-schema");
  await deploy({ name: "sums", code: code.replace('floom.secret("GREETING_KEY")', '"Hello "') });
  expect(await problemOf(await start("runs", { inputs: { a: 1 } }))).toMatchObject({
    status: 422,
    code: "action_required",
    detail: "sums has several actions: add, greet. Say which.",
  });
  expect(await problemOf(await start("actions/gret/runs", {}))).toMatchObject({
    status: 404,
    code: "unknown_action",
  });
  expect(await problemOf(await start("actions/add/runs", { inputs: { a: 1.5, c: 1 } }))).toMatchObject({
    code: "invalid_inputs",
    errors: [
      { pointer: "/inputs/a", detail: "must be a whole number" },
      { pointer: "/inputs/c", code: "unknown" },
    ],
  });
  const answer = await start("actions/add/runs", { inputs: { a: "4" } });
  expect(answer.status).toBe(202);
  const run = runDetailSchema.parse(await answer.json());
  expect(run).toMatchObject({ action: "add", worker_id: "sums" });
  const listed = await (await callApi("GET", `/api/runs/${run.id}`)).json();
  expect(listed).toMatchObject({ action: "add" });
  expect((await start("runs", { action: "greet", inputs: { name: "Ada" } })).status).toBe(202);
});

it("a file that an action is given is judged by its hint, however deep it lies", async () => {
  verifies("typing:actions:judged-by-schema");
  const album = `import floom
from dataclasses import dataclass
@dataclass
class Page:
    photo: floom.Image
def bind(pages: list[Page]) -> int: ...
`;
  await deploy({ name: "sums", code: album });
  const [photo, text] = [await upload("a.png", "image/png"), await upload("b.txt", "text/plain")];
  const refused = await start("runs", { inputs: { pages: [{ photo }, { photo: text }] } });
  expect(await problemOf(refused)).toMatchObject({
    errors: [{ pointer: "/inputs/pages/1/photo", code: "wrong_file_type" }],
  });
  const gone = await start("runs", { inputs: { pages: [{ photo: "f".repeat(64) }] } });
  expect(await problemOf(gone)).toMatchObject({
    errors: [{ pointer: "/inputs/pages/0/photo", code: "unknown_file" }],
  });
  expect((await start("runs", { inputs: { pages: [{ photo }, { photo }] } })).status).toBe(202);
});

it("a schedule of functions names its action, and brings what it takes", async () => {
  const worker_yml = (line: string) => `schema_version: "0.3"
name: sums
title: Sums
version: 0.1.0
exec:
  entry: app.py
triggers:
  - { type: schedule, cron: "0 7 * * *", ${line} }
`;
  const plain = code.replace('floom.secret("GREETING_KEY")', '"Hello "');
  const send = (line: string) =>
    callApi("POST", "/api/deploy", {
      json: {
        files: [
          { path: "worker.yml", content: worker_yml(line) },
          { path: "app.py", content: plain },
        ],
      },
    });
  expect((await problemOf(await send("inputs: { a: 1 }"))).errors).toMatchObject([
    { code: "bad_trigger_action", line: 8 },
  ]);
  expect((await problemOf(await send("action: add"))).errors).toMatchObject([
    { code: "bad_trigger_inputs", line: 8 },
  ]);
  expect((await send("action: add, inputs: { a: 1 }")).status).toBe(200);
  const triggers = await (await callApi("GET", "/api/workers/sums/triggers")).json();
  expect(triggers).toMatchObject([{ action: "add", inputs: { a: 1 } }]);
});

it("what the code imports is installed, and what is missing or too much is told", async () => {
  const made = await deploy({ name: "sums", code: "import requests\ndef get(url: str) -> str: ...\n" });
  expect(made.warnings).toEqual([]);
  const shown = workerDetailSchema.parse(await (await callApi("GET", "/api/workers/sums")).json());
  expect(shown.files.find(({ path }) => path === "requirements.txt")?.content).toBe("requests\n");
  const told = await deploy({
    name: "sums",
    files: [
      { path: "app.py", content: "import requests\ndef get(url: str) -> str: ...\n" },
      { path: "requirements.txt", content: "flask\n" },
    ],
  });
  expect(made.requirements).toEqual([{ name: "requests", line: "requests", added: true, version: null }]);
  expect(told.requirements).toEqual([{ name: "flask", line: "flask", added: false, version: null }]);
  const row = workerDetailSchema.parse(await (await callApi("GET", "/api/workers/sums")).json());
  const place = { workerId: row.uid, bundleDigest: row.digest };
  await createFiles(env.FILES).putPins(place, ["Flask==3.1.0", "jinja2==3.1.4"]);
  const again = await deploy({
    name: "sums",
    files: [
      { path: "app.py", content: "import requests\ndef get(url: str) -> str: ...\n" },
      { path: "requirements.txt", content: "flask\n" },
    ],
  });
  expect(again).toMatchObject({ changed: false, requirements: [{ name: "flask", version: "3.1.0" }] });
  expect(told.warnings).toMatchObject([
    { code: "requirement_missing", file: "app.py", line: 1 },
    { code: "requirement_unused", file: "requirements.txt", line: 1 },
  ]);
});

const script = `
/**
 * Greets somebody.
 * @param {string} name - Whom.
 * @param {number} [times=2]
 * @returns {string}
 */
export function greet(name, times = 2) {
  return process.env.GREETING_KEY + name.repeat(times);
}
`;

it("JavaScript is deployed as code where the file's name says that it is", async () => {
  verifies("typing:deploy:javascript");
  for (const filename of ["hi-there.js", "hi-there.mjs"]) {
    expect(await deploy({ code: script, filename })).toMatchObject({
      worker: "hi-there",
      actions: [{ name: "greet" }],
    });
  }
  expect(await deploy({ code: "def add(a: int) -> int: ...", filename: "sums_2.py" })).toMatchObject({
    worker: "sums-2",
  });
  for (const body of [
    { code: script, filename: "../a.js" },
    { code: script, filename: "a.ts" },
    { code: script, filename: "worker.yml" },
    { files: [{ path: "a.js", content: script }], filename: "a.js" },
  ])
    expect((await callApi("POST", "/api/deploy", { json: body })).status, JSON.stringify(body)).toBe(422);
});

it("the exported functions of a JavaScript file are actions as Python's are, judged by the same schemas", async () => {
  verifies("typing:deploy:javascript");
  const files = (content: string) => [{ path: "hello.js", content }];
  expect(await deploy({ files: files(script) })).toMatchObject({
    worker: "hello",
    missing_secrets: ["GREETING_KEY"],
    actions: [
      {
        name: "greet",
        description: "Greets somebody.",
        input_schema: {
          properties: { name: { type: "string", description: "Whom." }, times: { default: 2 } },
        },
        output_schema: { type: "string" },
      },
    ],
  });
  await deploy({ files: files(script.replace("process.env.GREETING_KEY", '"Hi "')) });
  const refused = await callApi("POST", "/api/workers/hello/runs", { json: { inputs: { times: "many" } } });
  expect(refused.status).toBe(422);
  expect((await problemOf(refused)).errors?.map(({ pointer }) => pointer)).toEqual([
    "/inputs/name",
    "/inputs/times",
  ]);
  const wrong = script.replace("{number}", "{WeakMap}");
  const answer = await callApi("POST", "/api/deploy", { json: { files: files(wrong) } });
  expect((await problemOf(answer)).errors).toMatchObject([
    { file: "hello.js", line: 5, code: "type_unknown" },
  ]);
});
