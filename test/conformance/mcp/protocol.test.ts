import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { IncomingMessage, Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { afterAll, beforeAll, expect, it } from "vitest";
import { allScopes, principalSchema } from "#contract/access/access";
import { openServing } from "../../../worker/mcp/protocol/serve.ts";
import { readSession } from "../../../worker/mcp/sessions/client-session.ts";
import { answering } from "../../support/http/answering.ts";
import { byFixtures } from "../../support/mcp-left-out.ts";
import { isFault, runSuite } from "../../support/mcp-suite.ts";
import { verifies } from "../../verifies.ts";
import { hearFixtureAnswer } from "./asking-fixtures.ts";
import { fixtureCaller, fixturePrompts, fixtureResources, fixtureTools } from "./fixtures.ts";

// What /mcp says to clients, judged by the suite where it looks for names of its own: the same serving with other tools,
// resources and prompts in it.

const serving = openServing({
  tools: [fixtureTools],
  resources: fixtureResources,
  prompts: fixturePrompts,
  hearAnswer: (_caller, _session, answer) => hearFixtureAnswer(answer),
});
const principal = principalSchema.parse({
  kind: "token",
  id: "tok_of_the_suite",
  workspace_id: `wsp_${"0".repeat(26)}`,
  scopes: allScopes,
  owner: false,
  user_id: null,
  role: null,
  reach: null,
});

let dir: string;
let server: Server;
let url: string;

async function answerTo(asked: IncomingMessage, gone: AbortSignal): Promise<Response> {
  const headers = Object.entries(asked.headers).flatMap(([name, value]): [string, string][] =>
    typeof value === "string" ? [[name, value]] : [],
  );
  const body = asked.method === "POST" ? { body: await buffer(asked) } : {};
  const init = { method: asked.method ?? "GET", headers, signal: gone, ...body };
  const request = new Request(new URL(asked.url ?? "/", url), init);
  return serving.answer(request, fixtureCaller(principal, readSession(request.headers)));
}

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), "floom-mcp-fixtures-"));
  server = createServer(
    answering(async (asked, answer) => {
      const gone = new AbortController();
      answer.once("close", () => gone.abort());
      const given = await answerTo(asked, gone.signal);
      answer.writeHead(given.status, Object.fromEntries(given.headers));
      for await (const part of given.body ?? []) answer.write(part);
      answer.end();
    }),
  );
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
  rmSync(dir, { recursive: true });
});

it.each(byFixtures)(
  "the suite finds no fault with $scenario of $revision",
  async ({ revision, scenario, checks }) => {
    verifies("conformance:mcp:protocol");
    const out = join(dir, `${scenario}-${revision}`);
    mkdirSync(out);
    const found = await runSuite(url, { revision, scenario, out });
    const judged = found.filter(({ id }) => checks === undefined || checks.includes(id));
    expect(judged.length).toBeGreaterThan(0);
    expect(judged.filter(isFault)).toEqual([]);
  },
);
