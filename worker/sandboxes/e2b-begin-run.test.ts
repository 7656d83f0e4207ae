import { createServer } from "node:http";
import type { IncomingMessage, Server } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { sandboxPaths } from "#contract/runner/runner";
import { Sandbox } from "e2b";
import { answering } from "../../test/support/http/answering.ts";
import { beginRun } from "./e2b-begin-run.ts";
import type { Filling } from "./e2b-begin-run.ts";
import { claimOf, doorOfWaiting } from "./start-command.ts";

/** A sandbox as its clients see it. `waits`: a runner takes the word that is sent to it. `isShut`: it left its door. */
const world = { waits: true, isShut: false };
/** What was asked of it, in order: the names of files that came together, or the word "command". */
let asked: string[][] = [];
let claims: Set<string>;
let server: Server;
let sandbox: Sandbox;

const envelope = (message: object, flag = 0): Uint8Array => {
  const body = Buffer.from(JSON.stringify(message));
  const head = Buffer.alloc(5, 0);
  head[0] = flag;
  head.writeUInt32BE(body.length, 1);
  return Buffer.concat([head, body]);
};

async function answer(
  request: IncomingMessage,
): Promise<[status: number, type: string, body: string | Uint8Array]> {
  const { url = "" } = request;
  const body = (await buffer(request)).toString("latin1");
  const json = "application/json";
  if (url.startsWith("/files?") || url === "/files") {
    const names = [...body.matchAll(/filename="([^"]*)"/g)].map(([, name = ""]) => name);
    const streamed = new URL(url, "http://sandbox").searchParams.get("path");
    const files = streamed === null ? names : [streamed];
    asked.push(files);
    const isTold = files.includes(doorOfWaiting);
    if (isTold && world.isShut) return [400, json, JSON.stringify({ code: 400, message: "no such device" })];
    if (isTold && world.waits) claims.add(claimOf(1, 1));
    return [200, json, JSON.stringify(files.map((path) => ({ path, name: "x", type: "file" })))];
  }
  if (url.endsWith("/Stat")) {
    const { path } = JSON.parse(body) as { path: string };
    return claims.has(path)
      ? [200, json, JSON.stringify({ entry: { name: "x", path, type: "FILE_TYPE_FILE" } })]
      : [404, json, JSON.stringify({ code: "not_found", message: "no such file" })];
  }
  if (url.endsWith("/Start")) {
    asked.push(["command"]);
    const said = Buffer.concat([envelope({ event: { start: { pid: 7 } } }), envelope({}, 2)]);
    return [200, "application/connect+json", said];
  }
  const made = { templateID: "base", sandboxID: "sbx1", clientID: "c", envdVersion: "0.6.13" };
  return [201, json, JSON.stringify(made)];
}

beforeAll(async () => {
  server = createServer(
    answering(async (request, response) => {
      const [status, type, body] = await answer(request);
      response.writeHead(status, { "content-type": type }).end(body);
    }),
  );
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  sandbox = await Sandbox.create("base", { apiKey: "e2b_0", apiUrl: url, sandboxUrl: url });
});

beforeEach(() => {
  Object.assign(world, { waits: true, isShut: false });
  asked = [];
  claims = new Set();
});

afterAll(() => server.close());

const open = () => Promise.resolve(new Blob(["zip"]).stream());
const filling: Filling = { config: {}, bundle: { size: 3, open }, files: [] };
const own = { use: 1, attempt: 1, bringsRunner: true };
const { config, bundle, runner } = sandboxPaths;

it("tells a runner that waits by the last file of one request, and starts none where it has begun", async () => {
  await beginRun(sandbox, filling, own);
  expect(asked).toEqual([[config, bundle, doorOfWaiting]]);
});

it("tells it only when all is there that takes requests of its own", async () => {
  const input = `${sandboxPaths.uploads}/0`;
  await beginRun(sandbox, { ...filling, files: [{ path: input, open }] }, own);
  expect(asked).toEqual([[config, bundle], [input], [doorOfWaiting]]);
});

it("sends the runner and starts it where none has begun", async () => {
  world.waits = false;
  await beginRun(sandbox, filling, own);
  expect(asked).toEqual([[config, bundle, doorOfWaiting], [runner], ["command"]]);
});

it("sends the runner at once where sandboxes bring none along", async () => {
  world.waits = false;
  await beginRun(sandbox, filling, { ...own, bringsRunner: false });
  expect(asked).toEqual([[config, runner, bundle, doorOfWaiting], ["command"]]);
});

it("sends all of it once more without a word where who waited has left its door, and starts another", async () => {
  world.isShut = true;
  await beginRun(sandbox, filling, own);
  expect(asked).toEqual([[config, bundle, doorOfWaiting], [config, bundle], [runner], ["command"]]);
});

it("asks nothing of a later run whose runner was heard, and the sandbox where it was not", async () => {
  await beginRun(sandbox, filling, { ...own, use: 2, heard: async () => true });
  expect(asked).toHaveLength(1);
  claims.add(claimOf(2, 1));
  await beginRun(sandbox, filling, { ...own, use: 2, heard: async () => false });
  expect(asked).toHaveLength(2);
  // In a sandbox's first run nobody may wait at all: it is not waited for.
  world.waits = false;
  claims.clear();
  await beginRun(sandbox, filling, { ...own, heard: async () => true });
  expect(asked.at(-1)).toEqual(["command"]);
});

it("asks for the claim of the very run: a later one in a sandbox does not pass for begun by the first", async () => {
  claims.add(claimOf(1, 1));
  await beginRun(sandbox, filling, { ...own, use: 2 });
  expect(asked.at(-1)).toEqual(["command"]);
});
