import { readdirSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { answering } from "../../test/support/http/answering.ts";
import { verifies } from "../../test/verifies.ts";
import { openStrangerDial } from "../platform/network/dial-client.ts";
import { parseManifest } from "../registry/parse-manifest.ts";
import { createHttpDriver } from "./http-driver.ts";

const EXAMPLES = join(import.meta.dirname, "../../workers-examples");
const packs = ["api-bridge", ...readdirSync(join(EXAMPLES, "packs")).map((name) => `packs/${name}`)];

/** `calls.json` of a pack: what its service is sent for which arguments, and what comes of the service's answer. */
const callsSchema = z.array(
  z.object({
    tool: z.string(),
    arguments: z.record(z.string(), z.json()),
    request: z.string(),
    /** Header, and its text with the secret's name in braces. */
    secret: z.tuple([z.string(), z.string()]).optional(),
    body: z.json().optional(),
    answer: z.json(),
    result: z.json(),
  }),
);

/** A stand-in of the service: it answers as told, and says what it was sent. */
async function callOnce(yml: string, call: z.infer<typeof callsSchema>[number]) {
  const arrived: { request: string; headers: NodeJS.Dict<string | string[]>; body: string }[] = [];
  const server = createServer(
    answering(async (request, response) => {
      const body = await text(request);
      arrived.push({ request: `${request.method} ${request.url}`, headers: request.headers, body });
      response.setHeader("Content-Type", "application/json").end(JSON.stringify(call.answer));
    }),
  );
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { manifest } = parseManifest(yml.replace(/(default: )https?:\S+/, `$1${origin}`));
  const driver = createHttpDriver({
    tools: manifest?.http?.tools ?? [],
    dial: openStrangerDial({ publicNetwork: undefined, allowLoopback: true }),
    clock: () => 0,
    sleep: async () => {},
  });
  const wish = { call_id: "call-1", tool: call.tool, arguments: call.arguments };
  const prepared = await driver.prepare(wish);
  if ("fault" in prepared) throw new Error(prepared.fault);
  const credentials = Object.fromEntries(prepared.credentials.map(({ name }) => [name, `value-of-${name}`]));
  const { signal } = new AbortController();
  const answer = await driver.execute({ ...wish, ...prepared }, { credentials, signal });
  server.closeAllConnections();
  server.close();
  return { arrived, answer };
}

describe.each(packs)("%s", (pack) => {
  const yml = readFileSync(join(EXAMPLES, pack, "worker.yml"), "utf8");
  const calls = callsSchema.parse(JSON.parse(readFileSync(join(EXAMPLES, pack, "calls.json"), "utf8")));

  it("is taken without a word, and each of its tools is tried here", () => {
    const { manifest, findings } = parseManifest(yml, { paths: new Set(["worker.yml"]) });
    expect(findings).toEqual([]);
    expect(calls.map(({ tool }) => tool)).toEqual(manifest?.http?.tools.map(({ name }) => name));
  });

  it.each(calls)("$tool sends $request", async (call) => {
    verifies("http-tools:packs:correct");
    const { arrived, answer } = await callOnce(yml, call);
    expect(arrived.map(({ request }) => request)).toEqual([call.request]);
    expect(arrived[0]?.body).toBe(call.body === undefined ? "" : JSON.stringify(call.body));
    if (call.secret !== undefined) {
      const [header, shown] = call.secret;
      expect(arrived[0]?.headers[header]).toBe(shown.replace(/\{(\w+)\}/, "value-of-$1"));
    }
    expect(answer).toEqual({ ok: true, content: call.result });
  });
});
