import { createServer } from "node:http";
import type { IncomingMessage, Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { verifies } from "../../test/verifies.ts";
import type { LaunchRequest } from "../runs/ports/executor.ts";
import { ReachedSandboxes } from "./e2b-reached.ts";
import { E2bDriver } from "./e2b-driver.ts";

/**
 * What the two sides of the provider answer: its control plane, which owns sandboxes and lists them, and the way into
 * one. `kept`: whether the one that is asked about is on that list.
 */
const healthy = { control: 200, list: 200, data: 200, kept: true };
const answers = { ...healthy };
let server: Server;
let driver: E2bDriver;

const sandbox = {
  sandboxID: "sbx1",
  templateID: "base",
  clientID: "c",
  envdVersion: "0.4.0",
  startedAt: "2026-03-02T09:00:00Z",
  endAt: "2126-03-02T10:00:00Z",
  state: "running",
  cpuCount: 2,
  memoryMB: 512,
  diskSizeMB: 1024,
};

const isControl = ({ url = "" }: IncomingMessage): boolean => /^\/(?:v\d+\/)?sandboxes\b/.test(url);

const isList = ({ method, url = "" }: IncomingMessage): boolean =>
  method === "GET" && /^\/(?:v\d+\/)?sandboxes(?:\?|$)/.test(url);

beforeAll(async () => {
  server = createServer((request, response) => {
    request.resume();
    const [status, body] = isList(request)
      ? [answers.list, answers.kept ? [sandbox] : []]
      : [isControl(request) ? answers.control : answers.data, sandbox];
    response.writeHead(status, { "content-type": "application/json" });
    response.end(JSON.stringify(status < 300 ? body : { code: status, message: "no" }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const settings = { apiKey: "e2b_0", apiUrl: url, sandboxUrl: url, edgeUrl: "", template: "base" };
  driver = new E2bDriver(
    { ...settings, lifeMs: 3_600_000 },
    { clock: Date.now, reached: new ReachedSandboxes() },
  );
});

beforeEach(() => Object.assign(answers, healthy));

afterAll(() => server.close());

const statuses = [400, 401, 403, 404, 409, 410, 413, 429, 500, 502, 503, 504];

it.each(statuses)("a %i on the way into a sandbox never says that it is gone", async (status) => {
  verifies("run:verdict:owner-alone-says-gone");
  answers.data = status;
  expect(await driver.readJournal("sbx1", 0, 1024)).toEqual({ kind: "unavailable" });
  await expect(driver.openFile("sbx1", "out.txt")).rejects.toThrow();
});

it.each(statuses.filter((status) => status !== 404))(
  "a %i of the control plane says nothing of the sandbox either",
  async (status) => {
    verifies("run:verdict:owner-alone-says-gone");
    Object.assign(answers, { control: status, data: 502 });
    expect(await driver.readJournal("sbx1", 0, 1024)).toEqual({ kind: "unavailable" });
    await expect(driver.openFile("sbx1", "out.txt")).rejects.toThrow();
  },
);

it("a control plane that knows no such sandbox and lists none is believed", async () => {
  verifies("run:verdict:owner-alone-says-gone");
  Object.assign(answers, { control: 404, data: 502, kept: false });
  expect(await driver.readJournal("sbx1", 0, 1024)).toEqual({ kind: "gone" });
  expect(await driver.openFile("sbx1", "out.txt")).toEqual({ kind: "gone" });
  expect(await driver.kill("sbx1")).toBe(true);
});

it.each([
  { list: 404, kept: false },
  { list: 502, kept: false },
  { list: 200, kept: true },
])("a 404 that anybody in between may have said is not believed: the list says %o", async (said) => {
  verifies("run:verdict:owner-alone-says-gone");
  Object.assign(answers, { control: 404, data: 502, ...said });
  expect(await driver.readJournal("sbx1", 0, 1024)).toEqual({ kind: "unavailable" });
  await expect(driver.openFile("sbx1", "out.txt")).rejects.toThrow();
  expect(await driver.kill("sbx1")).toBe(false);
});

const request = {
  runId: "run_1",
  network: { allow_out: [], deny_out: [], headers: {} },
  apiUrl: "",
  chosen: null,
};

it("what the provider does not allow is told in its words, and not as silence", async () => {
  verifies("run:limits:sandbox-life");
  answers.control = 400;
  const launched = await driver.launch(request as unknown as LaunchRequest);
  expect(launched).toMatchObject({ kind: "refused", code: "invalid_worker", doubtful: true });
  expect(launched).toHaveProperty("message", "The sandbox provider refuses what this run asks for: 400: no");
});

it("a 401 of the control plane is a refusal to be doubted, for a gateway may have said it", async () => {
  verifies("run:verdict:owner-alone-says-gone");
  answers.control = 401;
  const launched = await driver.launch(request as unknown as LaunchRequest);
  expect(launched).toMatchObject({ kind: "refused", code: "missing_e2b_key", doubtful: true });
});
