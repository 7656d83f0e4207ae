import { once } from "node:events";
import { createServer } from "node:http";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, expect, it } from "vitest";
import { verifies } from "../../test/verifies.ts";
import { E2bTemplates } from "./e2b-templates.ts";

const template = { name: "floom-a", spec: { apt: [], pip: ["requests"], npm: [], env: { A: "b" } } };
const message = "container images are not available";
const build = { templateID: "tpl", buildID: "bld", public: false, names: ["floom-a"], tags: [], aliases: [] };

let server: Server;
/** What the provider answers, by the method and the end of the path. */
let answers: Record<string, { status: number; body?: object }>;
let asked: { call: string; body: string }[];
let templates: E2bTemplates;

beforeEach(async () => {
  asked = [];
  answers = {};
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const call = `${request.method ?? ""} ${new URL(request.url ?? "", "http://x").pathname}`;
      asked.push({ call, body: Buffer.concat(chunks).toString() });
      const { status, body = {} } = answers[call] ?? { status: 500, body: { code: 500, message: "broken" } };
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  templates = new E2bTemplates({
    apiKey: "e2b_0",
    apiUrl: url,
    sandboxUrl: url,
    edgeUrl: "",
    template: "base",
    lifeMs: 3_600_000,
  });
});
afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await once(server, "close");
});

const request = "POST /v3/templates";
const begin = "POST /v2/templates/tpl/builds/bld";
const status = "GET /templates/tpl/builds/bld/status";

it("a build is begun under the template's name, packages first and variables last", async () => {
  answers = { [request]: { status: 202, body: build }, [begin]: { status: 202 } };
  expect(await templates.begin(template)).toEqual({ kind: "begun", buildId: "tpl/bld" });
  expect(JSON.parse(asked[0]?.body ?? "")).toMatchObject({ name: "floom-a" });
  expect(JSON.parse(asked.at(-1)?.body ?? "")).toMatchObject({
    fromTemplate: "base",
    steps: [
      { type: "RUN", args: ["pip install 'requests'", "root"] },
      { type: "ENV", args: ["A", "b"] },
    ],
  });
});

it("only what the provider judges wrong is given up; everything else may pass", async () => {
  verifies("templates:build:failure-told");
  answers = {
    [request]: { status: 202, body: build },
    [begin]: { status: 400, body: { code: 400, message } },
  };
  expect(await templates.begin(template)).toEqual({
    kind: "failed",
    message: `The sandbox template cannot be built: ${message}.`,
  });
  for (const [code, refused] of [
    [401, "missing_e2b_key"],
    [429, "e2b_quota_exhausted"],
    [500, "e2b_sandbox_error"],
    [404, "e2b_sandbox_error"],
  ] as const) {
    answers = { [request]: { status: code, body: { code, message } } };
    expect(await templates.begin(template)).toMatchObject({ kind: "refused", code: refused });
  }
});

it("a look tells how far the build is, and nothing where nobody can say", async () => {
  const log = [{ timestamp: "2026-03-02T09:00:00Z", level: "info", message: "a line" }];
  const state = { templateID: "tpl", buildID: "bld", logs: [], logEntries: log };
  const look = async (code: number, body: object) => {
    answers = { [status]: { status: code, body } };
    return templates.look("tpl/bld");
  };
  expect(await look(200, { ...state, status: "building" })).toEqual({ kind: "building" });
  expect(await look(200, { ...state, status: "ready" })).toEqual({ kind: "ready", log: ["a line"] });
  const reason = { message: "exit code 1", logEntries: [] };
  expect(await look(200, { ...state, status: "error", reason })).toEqual({
    kind: "failed",
    log: ["a line"],
    message: "The sandbox template cannot be built: exit code 1.",
  });
  expect(await look(404, { code: 404, message: "no build" })).toEqual({ kind: "lost" });
  expect(await look(502, { code: 502, message: "gateway" })).toEqual({ kind: "unavailable" });
});
