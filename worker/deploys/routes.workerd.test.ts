import { env } from "cloudflare:workers";
import { TextReader, Uint8ArrayReader, Uint8ArrayWriter, ZipReader, ZipWriter } from "@zip.js/zip.js";
import { expect, it } from "vitest";
import * as z from "zod";
import { HOUSE_MEDIA_TYPE } from "#contract/compat/media-type";
import { problemSchema } from "#contract/problem";
import {
  pushResultSchema,
  uploadSchema,
  versionSummarySchema,
  workerDetailSchema,
} from "#contract/workers/worker";
import { runTokenOf } from "../../test/support/workerd/api-harness.ts";
import { verifies } from "../../test/verifies.ts";
import { buildApp } from "../app.ts";
import { newId } from "../platform/ids.ts";

const manifest = `schema_version: "0.3"
name: hello-worker
title: Hello
version: 0.1.0
exec:
  entry: run.py
`;
const jsonType = { "content-type": "application/json" };
const zipType = { "content-type": "application/zip" };

async function call(path: string, init: RequestInit = {}, token = "7f3c9ae1b2d84056ac1e"): Promise<Response> {
  const headers = new Headers(init.headers);
  headers.set("authorization", `Bearer ${token}`);
  headers.set("accept", HOUSE_MEDIA_TYPE);
  return buildApp().request(`http://floom.test${path}`, { ...init, headers }, env);
}

async function zipOf(files: Record<string, string>): Promise<Uint8Array<ArrayBuffer>> {
  const writer = new ZipWriter(new Uint8ArrayWriter(), { useWebWorkers: false });
  for (const [path, text] of Object.entries(files)) await writer.add(path, new TextReader(text));
  return new Uint8Array(await writer.close());
}

async function problemOf(response: Response): Promise<z.infer<typeof problemSchema>> {
  expect(response.headers.get("content-type")).toContain("application/problem+json");
  return problemSchema.parse(await response.json());
}

it("a folder goes up as a zip and comes down as the same folder", async () => {
  const files = { "worker.yml": manifest, "run.py": "print(1)" };
  const put = await call("/api/workers/hello-worker/bundle", {
    method: "PUT",
    headers: zipType,
    body: await zipOf(files),
  });
  expect(put.status).toBe(200);
  expect(pushResultSchema.parse(await put.json())).toMatchObject({ created: true, version: { number: 1 } });
  const detail = workerDetailSchema.parse(await (await call("/api/workers/hello-worker")).json());
  expect(detail.files.map((file) => file.path)).toEqual(["run.py", "worker.yml"]);
  const down = await call("/api/workers/hello-worker/bundle.zip");
  expect(down.headers.get("content-type")).toBe("application/zip");
  expect(down.headers.get("content-disposition")).toBe('attachment; filename="hello-worker-v1.zip"');
  const entries = await new ZipReader(
    new Uint8ArrayReader(new Uint8Array(await down.arrayBuffer())),
  ).getEntries();
  expect(entries.map((entry) => entry.filename)).toEqual(["run.py", "worker.yml"]);
  const versions = await (await call("/api/workers/hello-worker/versions")).json();
  expect(z.array(versionSummarySchema).parse(versions)).toHaveLength(1);
});

it("a form with a zip creates a worker once", async () => {
  const form = async () => {
    const body = new FormData();
    body.set("bundle", new File([await zipOf({ "worker.yml": manifest, "run.py": "" })], "b.zip"));
    return call("/api/workers/from-bundle", { method: "POST", body });
  };
  expect((await form()).status).toBe(201);
  expect(await problemOf(await form())).toMatchObject({ status: 409, code: "worker_exists" });
});

it("a source as JSON creates, updates by base version, archives, restores and deletes", async () => {
  const body = JSON.stringify({ worker_yml: manifest, run_py: "print(1)" });
  expect((await call("/api/workers", { method: "POST", headers: jsonType, body })).status).toBe(201);
  const update = (base: number, script: string) =>
    call(`/api/workers/hello-worker?base_version=${base}`, {
      method: "PUT",
      headers: jsonType,
      body: JSON.stringify({ worker_yml: manifest, run_py: script }),
    });
  expect((await update(1, "print(2)")).status).toBe(200);
  expect(await problemOf(await update(1, "print(3)"))).toMatchObject({
    status: 409,
    code: "version_conflict",
  });
  expect((await call("/api/workers/hello-worker/archive", { method: "POST" })).status).toBe(200);
  expect(await (await call("/api/workers")).json()).toEqual([]);
  expect((await call("/api/workers/hello-worker/restore", { method: "POST" })).status).toBe(200);
  expect(await (await call("/api/workers/hello-worker/sample-input")).json()).toEqual({ inputs: {} });
  expect((await call("/api/workers/hello-worker", { method: "DELETE" })).status).toBe(204);
  expect(await problemOf(await call("/api/workers/hello-worker"))).toMatchObject({
    status: 404,
    code: "not_found",
  });
});

it("a manifest with mistakes is answered with every place, code and fix", async () => {
  verifies("registry:manifest:every-error-at-once");
  const body = JSON.stringify({ worker_yml: "schema_version: '0.3'\nname: X\ntitel: Y\n", run_py: "" });
  const problem = await problemOf(await call("/api/workers", { method: "POST", headers: jsonType, body }));
  expect(problem).toMatchObject({ status: 422, code: "invalid_manifest" });
  expect(problem.errors?.map((e) => `${e.line}:${e.column} ${e.code}`)).toEqual([
    "1:1 missing_key",
    "1:1 missing_key",
    "1:1 missing_key",
    "2:7 bad_name",
    "3:1 unknown_key",
  ]);
  expect(problem.errors?.every((e) => e.fix !== "" && e.file === "worker.yml")).toBe(true);
});

it("what is no zip, or not sent as one, is refused", async () => {
  verifies("registry:bundle:hostile-zip-refused");
  const put = (body: string, headers: Record<string, string>) =>
    call("/api/workers/hello-worker/bundle", { method: "PUT", headers, body });
  expect(await problemOf(await put("hello", zipType))).toMatchObject({ status: 422, code: "invalid_bundle" });
  expect(await problemOf(await put("hello", jsonType))).toMatchObject({
    status: 415,
    code: "unsupported_media_type",
  });
});

it("an upload comes back as an attachment that no browser runs", async () => {
  verifies("registry:uploads:kept-by-content");
  const body = new FormData();
  body.set("file", new File(["<script>alert(1)</script>"], "../evil.html", { type: "text/html" }));
  const made = await call("/api/uploads", { method: "POST", body });
  expect(made.status).toBe(201);
  const upload = uploadSchema.parse(await made.json());
  const got = await call(upload.url);
  expect(await got.text()).toBe("<script>alert(1)</script>");
  expect(got.headers.get("content-disposition")).toBe(
    `attachment; filename="evil.html"; filename*=UTF-8''evil.html`,
  );
  expect(got.headers.get("x-content-type-options")).toBe("nosniff");
  expect(got.headers.get("content-security-policy")).toContain("sandbox");
});

it("without a token, or with a run's token, nothing is told", async () => {
  verifies("registry:deploys:other-workspace-unseen");
  const runToken = await runTokenOf(newId("run", 1));
  for (const token of ["", "nonsense", runToken])
    expect(await problemOf(await call("/api/workers", {}, token))).toMatchObject({ status: 401 });
});
