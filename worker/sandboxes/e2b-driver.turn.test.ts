import { createServer } from "node:http";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import type { RunnerConfig } from "#contract/runner/runner";
import type { LaunchRequest } from "../runs/ports/executor.ts";
import { ReachedSandboxes } from "./e2b-reached.ts";
import { E2bDriver } from "./e2b-driver.ts";

const minute = 60_000;
/** What was asked of the provider, in order: of its control plane what is to be done, of a sandbox what of it. */
let asked: string[] = [];
/** How long sandboxes were asked to live, in seconds. */
let lives: number[] = [];
let isGone = false;
/** What the sandbox answers to whoever sends it files. */
let filesStatus = 200;
let now = 1_000_000;
let server: Server;
let url: string;

beforeAll(async () => {
  server = createServer((request, response) => {
    const path = new URL(request.url ?? "", "http://x").pathname.replace("/v2", "");
    let body = "";
    request.setEncoding("utf8").on("data", (chunk: string) => (body += chunk));
    request.on("end", () => {
      const isControl = path.startsWith("/sandboxes");
      asked.push(isControl ? `${request.method} ${path}` : path);
      if (isControl && body !== "") lives.push((JSON.parse(body) as { timeout: number }).timeout);
      const refused = path === "/files" && filesStatus !== 200;
      const status = refused
        ? filesStatus
        : isGone
          ? isControl
            ? 404
            : 502
          : isControl && path === "/sandboxes"
            ? 201
            : 200;
      const sandbox = { templateID: "base", sandboxID: "sbx1", clientID: "c", envdVersion: "0.6.13" };
      const files = [{ path: "/x", name: "x", type: "file" }];
      const told = path === "/files" ? files : path.endsWith("/Stat") ? { entry: { name: "x" } } : sandbox;
      const isEmpty = isGone && request.method === "GET" && path === "/sandboxes";
      response.writeHead(isEmpty ? 200 : status, { "content-type": "application/json" });
      response.end(JSON.stringify(isEmpty ? [] : isGone || refused ? { code: status, message: "no" } : told));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

beforeEach(() => {
  isGone = false;
  filesStatus = 200;
  asked = [];
  lives = [];
});

afterAll(() => server.close());

function openDriver(lifeMs = 60 * minute): E2bDriver {
  const settings = { apiKey: "e2b_0", apiUrl: url, sandboxUrl: url, edgeUrl: "http://127.0.0.1:1" };
  const deps = { clock: () => now, reached: new ReachedSandboxes() };
  return new E2bDriver({ ...settings, template: "base", lifeMs }, deps);
}

const request: LaunchRequest = {
  runId: "run_1",
  workspaceId: "wsp_1",
  workerId: "wrk_1",
  attempt: 1,
  launch: 1,
  recover: false,
  chosen: null,
  turn: null,
  turnEndsAt: 0,
  apiUrl: "http://127.0.0.1:1",
  order: async () => ({}) as RunnerConfig,
  heard: async () => true,
  bundle: { size: 3, open: async () => new Blob(["zip"]).stream() },
  files: [],
  network: { allow_out: [], deny_out: [], headers: {} },
  template: null,
  lifetimeMs: 2 * minute,
  spareMs: minute,
};
const upload = "/files";
const claim = "/filesystem.Filesystem/Stat";
const connect = "POST /sandboxes/sbx1/connect";

it("a turn in a sandbox whose way is known and that lives long enough is begun by one request", async () => {
  const driver = openDriver();
  const made = await driver.launch(request);
  const endsAt = now + 3 * minute;
  expect(made).toEqual({ kind: "launched", sandboxId: "sbx1", launch: 1, endsAt });
  expect([asked, lives]).toEqual([["POST /sandboxes", upload, claim], [180]]);
  now += minute;
  asked = [];
  const turn = { ...request, turn: "sbx1#2@1", turnEndsAt: endsAt };
  expect(await driver.launch(turn)).toEqual({ ...made, sandboxId: "sbx1#2@1" });
  expect(asked).toEqual([upload]);
  // What was not heard is asked for.
  asked = [];
  await driver.launch({ ...turn, heard: async () => false });
  expect(asked).toEqual([upload, claim]);
});

it.each([
  ["that would end within the run", 119_999],
  ["of which nobody knows when it ends", null],
])("one %s is connected to, and lives long enough then", async (_what, leftMs) => {
  const driver = openDriver();
  await driver.launch(request);
  asked = [];
  const turnEndsAt = leftMs === null ? 0 : now + leftMs;
  const turned = await driver.launch({ ...request, turn: "sbx1#2@1", turnEndsAt });
  expect(turned).toMatchObject({ kind: "launched", endsAt: now + 3 * minute });
  expect(asked).toEqual([connect, upload]);
});

it("one that this isolate has not reached, or that was ended, is connected to", async () => {
  const turn = { ...request, turn: "sbx1#2@1", turnEndsAt: now + 60 * minute };
  await openDriver().launch(turn);
  expect(asked).toEqual([connect, upload]);
  const driver = openDriver();
  await driver.launch(request);
  await driver.kill("sbx1");
  asked = [];
  await driver.launch(turn);
  expect(asked).toEqual([connect, upload]);
});

it("one that has gone without a word is found out by what it was sent, and not believed to be there again", async () => {
  const driver = openDriver();
  await driver.launch(request);
  isGone = true;
  const turn = { ...request, turn: "sbx1#2@1", turnEndsAt: now + 60 * minute };
  expect(await driver.launch(turn)).toMatchObject({ kind: "refused" });
  // What may have begun there is not begun elsewhere: the next try learns from its owner that it is gone.
  expect(await driver.launch({ ...turn, launch: 2, recover: true, chosen: 1, turnEndsAt: 0 })).toEqual({
    kind: "gone",
  });
});

it.each([
  ["a folder in the place of its orders", 400],
  ["a disk that is full", 507],
])(
  "one that takes no orders for what an earlier run has left is ended, for the run to begin elsewhere: %s",
  async (_, status) => {
    const driver = openDriver();
    await driver.launch(request);
    filesStatus = status;
    asked = [];
    const turn = { ...request, turn: "sbx1#2@1", turnEndsAt: now + 60 * minute };
    expect(await driver.launch(turn)).toMatchObject({ kind: "refused" });
    expect(asked.at(-1)).toBe("DELETE /sandboxes/sbx1");
  },
);

it.each([
  ["says nothing that is its own", 502, { chosen: null }],
  ["may have been told before", 400, { chosen: 1, launch: 2, recover: true }],
])("one that %s is not ended: the script may have begun there", async (_, status, later) => {
  const driver = openDriver();
  await driver.launch(request);
  filesStatus = status;
  asked = [];
  const turn = { ...request, turn: "sbx1#2@1", turnEndsAt: now + 60 * minute, ...later };
  expect(await driver.launch(turn)).toMatchObject({ kind: "refused" });
  expect(asked).not.toContain("DELETE /sandboxes/sbx1");
});

it("a sandbox is asked to live no longer than the provider lets one", async () => {
  const driver = openDriver(2.5 * minute);
  expect(await driver.launch(request)).toMatchObject({ endsAt: now + 2.5 * minute });
  expect(lives).toEqual([150]);
});
