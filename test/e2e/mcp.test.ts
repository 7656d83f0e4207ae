import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { globSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";
import { Client as OlderClient } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport as OlderStdio } from "@modelcontextprotocol/sdk/client/stdio.js";
import { StreamableHTTPClientTransport as OlderHttp } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { afterAll, beforeAll, expect, inject, it } from "vitest";

const floom = inject("floom");
const root = resolve(import.meta.dirname, "../..");
const program = resolve(root, "cli/bin/floom.mjs");
const folder = resolve(root, "workers-examples/slow-progress");
const about = { name: "a-test", version: "1.0.0" };
const wire = (token: string) => ({ requestInit: { headers: { authorization: `Bearer ${token}` } } });
const env = { PATH: process.env["PATH"] ?? "", FLOOM_API_URL: floom.url, FLOOM_TOKEN: floom.token };

/** Served without a server, for all that reach it over http. */
let served: ChildProcess | undefined;
let servedUrl = new URL("http://127.0.0.1/");

beforeAll(async () => {
  const args = [program, "mcp", "serve", folder, "--transport", "streamable-http", "--port", "0"];
  served = spawn(process.execPath, args, { stdio: ["ignore", "ignore", "pipe"], env: { PATH: env.PATH } });
  const lines: string[] = [];
  const { promise, resolve: found, reject } = Promise.withResolvers<string>();
  served.once("exit", () => reject(new Error(`it ended: ${lines.join("\n")}`)));
  if (served.stderr === null) throw new Error("there is no standard error");
  createInterface({ input: served.stderr }).on("line", (line) => {
    lines.push(line);
    const url = /^listening (http:\S+)$/.exec(line)?.[1];
    if (url !== undefined) found(url);
  });
  servedUrl = new URL(await promise);
});

afterAll(async () => {
  if (served === undefined || served.exitCode !== null) return;
  const ended = once(served, "exit");
  served.kill("SIGINT");
  await ended;
});

const stdio = (...more: string[]) => ({ command: process.execPath, args: [program, "mcp", ...more], env });
const ways = {
  "over http": {
    newest: () => new StreamableHTTPClientTransport(new URL("/mcp", floom.url), wire(floom.token)),
    older: () => new OlderHttp(new URL("/mcp", floom.url), wire(floom.token)),
  },
  "over `floom mcp`": {
    newest: () => new StdioClientTransport(stdio()),
    older: () => new OlderStdio(stdio()),
  },
  "of a folder, over http": {
    newest: () => new StreamableHTTPClientTransport(servedUrl),
    older: () => new OlderHttp(servedUrl),
  },
};

/** What both official clients do, in the same words. */
interface Person {
  list: () => Promise<string[]>;
  call: (
    args: Record<string, unknown>,
    more?: { onprogress?: (progress: { message?: string | undefined }) => void; signal?: AbortSignal },
  ) => Promise<{ isError?: unknown; structuredContent?: unknown; [more: string]: unknown }>;
  close: () => Promise<void>;
}

const clients: Record<string, (way: (typeof ways)[keyof typeof ways]) => Promise<Person>> = {
  "The client of the first era": async ({ older }) => {
    const client = new OlderClient(about);
    // The SDK's own transports do not fit its own interface where optional properties are exact.
    await client.connect(older() as Parameters<OlderClient["connect"]>[0]);
    return {
      list: async () => (await client.listTools()).tools.map(({ name }) => name),
      call: (args, more) => client.callTool({ name: "slow-progress", arguments: args }, undefined, more),
      close: () => client.close(),
    };
  },
  "The client of both eras": async ({ newest }) => {
    const client = new Client(about, { versionNegotiation: { mode: "auto" } });
    await client.connect(newest());
    return {
      list: async () => (await client.listTools()).tools.map(({ name }) => name),
      call: (args, more) => client.callTool({ name: "slow-progress", arguments: args }, more),
      close: () => client.close(),
    };
  },
};
const matrix = Object.entries(clients).flatMap(([client, open]) =>
  Object.entries(ways).map(([way, transport]) => ({ client, way, open: () => open(transport) })),
);

it.each(matrix)(
  "$client lists, calls, is told of progress, cancels and is told its mistakes $way",
  async ({ open }) => {
    const person = await open();
    expect(await person.list()).toContain("slow-progress");
    const told: string[] = [];
    const onprogress = ({ message }: { message?: string | undefined }) => void told.push(message ?? "");
    const done = await person.call({ seconds: 1 }, { onprogress });
    expect(done.structuredContent).toMatchObject({ status: "completed", outputs: { lines: 1 } });
    expect(told).toContain("line 1 of 1");
    const wrong = await person.call({ seconds: "many", more: 1 });
    expect(wrong).toMatchObject({ isError: true, structuredContent: { code: "invalid_arguments" } });
    const stop = new AbortController();
    const onFirst = () => stop.abort();
    const given = person.call({ seconds: 600 }, { onprogress: onFirst, signal: stop.signal });
    await expect(given).rejects.toThrow();
    expect(await person.list()).toContain("slow-progress");
    await person.close();
  },
);

it.each([
  ["a server", () => new OlderHttp(new URL("/mcp", floom.url), wire(floom.token))],
  ["a folder", () => new OlderHttp(servedUrl)],
])("a client of the first era is given the name of a session by %s", async (_, open) => {
  const client = new OlderClient(about);
  const way = open();
  await client.connect(way as Parameters<OlderClient["connect"]>[0]);
  expect(way.sessionId).toMatch(/^req_\w{26}$/);
  await client.close();
});

it("whatever client gave a call up, its run is cancelled, and none goes on", async () => {
  const isOver = async () => {
    const answer = await fetch(new URL("/api/runs?worker=slow-progress&status=running", floom.url), {
      headers: { authorization: `Bearer ${floom.token}` },
    });
    return answer.json();
  };
  await expect.poll(isOver).toEqual([]);
});

it("a client with a wrong token is let in nowhere, and a page of another site not at all", async () => {
  const newest = new Client(about, { versionNegotiation: { mode: "auto" } });
  const way = new StreamableHTTPClientTransport(new URL("/mcp", floom.url), wire("flm_wrong"));
  await expect(newest.connect(way)).rejects.toThrow();
  const older = new OlderClient(about);
  const wrong = { ...stdio(), env: { ...env, FLOOM_TOKEN: "flm_wrong" } };
  await expect(older.connect(new OlderStdio(wrong))).rejects.toThrow("floom login");
  const page = await fetch(servedUrl, { method: "POST", headers: { origin: "https://evil.example" } });
  expect(page.status).toBe(403);
});

it("`floom mcp serve` ends with its client, and leaves no process and no file behind", async () => {
  const client = new Client(about);
  const serve = stdio("serve", resolve(root, "workers-examples/hello-worker"));
  // A place that is no other's: who else is served on this machine comes and goes as well.
  const place = mkdtempSync(join(tmpdir(), "floom-served-"));
  const own = { ...serve, env: { ...env, TMPDIR: place } };
  await client.connect(new StdioClientTransport({ ...own, stderr: "ignore" }));
  const homes = () => globSync("floom-serve-*", { cwd: place });
  expect(homes()).toHaveLength(1);
  const result = await client.callTool({ name: "hello-worker", arguments: { name: "Ada" } });
  expect(result.structuredContent).toMatchObject({ outputs: { greeting: "Hello, Ada!" } });
  await client.close();
  await expect.poll(homes).toEqual([]);
  rmSync(place, { recursive: true });
});
