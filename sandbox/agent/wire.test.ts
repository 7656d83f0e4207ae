import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startAgent } from "../../test/support/sandbox-agent/agent-under-test.ts";
import type { AgentUnderTest } from "../../test/support/sandbox-agent/agent-under-test.ts";
import { askAgent } from "../../test/support/sandbox-agent/ask-agent.ts";

let agent: AgentUnderTest;
beforeAll(async () => {
  agent = await startAgent();
});
afterAll(async () => agent.stop());

/** All that the agent answers to these bytes, sent in pieces, until it or the last answer ends the connection. */
async function say(pieces: readonly string[], isEnough: (text: string) => boolean): Promise<string> {
  const socket = connect(agent.socketPath);
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  let text = "";
  socket.setEncoding("utf8").on("data", (data: string) => {
    text += data;
    if (isEnough(text)) socket.destroy();
  });
  socket.once("error", reject).once("close", () => resolve(text));
  for (const piece of pieces) await new Promise<void>((sent) => socket.write(piece, () => sent()));
  return promise;
}

const json = "content-type: application/json\r\n";
const count = (text: string, part: string): number => text.split(part).length - 1;

describe("requests on one connection", () => {
  it("are answered one after the other, however they are cut into pieces", async () => {
    const request = `POST /process.Process/List HTTP/1.1\r\nhost: x\r\n${json}content-length: 2\r\n\r\n{}`;
    const letters = Array.from(`${request}GET /health HTTP/1.1\r\nhost: x\r\n\r\n`);
    const text = await say(letters, (answer) => answer.includes("204"));
    expect(text).toMatch(/^HTTP\/1\.1 200 OK[^]*\{"processes":\[\]\}HTTP\/1\.1 204 /);
  });

  it("may come in chunks, and what nobody has read of one is not taken for the next", async () => {
    const chunks = "3\r\n{} \r\n2;x=y\r\n  \r\n0\r\ntrailer: 1\r\n\r\n";
    const list = `POST /process.Process/List HTTP/1.1\r\n${json}transfer-encoding: chunked\r\n\r\n${chunks}`;
    const hidden = "GET /health HTTP/1.1\r\n\r\n";
    const unread = `POST /nothing HTTP/1.1\r\ncontent-length: ${hidden.length}\r\n\r\n${hidden}`;
    const text = await say([list, unread, hidden], (answer) => answer.includes("204"));
    expect([count(text, " 200 "), count(text, " 404 "), count(text, " 204 ")]).toEqual([1, 1, 1]);
  });

  it("end when the client wants it so", async () => {
    const last = "GET /health HTTP/1.1\r\nconnection: close\r\n\r\n";
    expect(await say([last + last], () => false)).toMatch(
      /^HTTP\/1\.1 204 [^\r]*\r\nConnection: close\r\n\r\n$/,
    );
  });

  it.each([
    ["no request at all", "hello\r\n\r\n"],
    ["a header without a colon", "GET /health HTTP/1.1\r\nhost\r\n\r\n"],
    ["a space before the colon", "GET /health HTTP/1.1\r\ncontent-length : 3\r\n\r\n"],
    [
      "two frames of one body",
      "POST /files HTTP/1.1\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
    ],
    ["two lengths", "POST /files HTTP/1.1\r\ncontent-length: 0\r\ncontent-length: 0\r\n\r\n"],
    ["a frame that is not known", "POST /files HTTP/1.1\r\ntransfer-encoding: gzip, chunked\r\n\r\n"],
    ["a length that is no number", "POST /files HTTP/1.1\r\ncontent-length: -1\r\n\r\n"],
    ["a head without end", `GET /health HTTP/1.1\r\nx: ${"y".repeat(100_000)}`],
  ])("end with %s", async (_name, bytes) => {
    expect(await say([bytes], () => false)).toBe("");
    expect((await agent.http("GET", "/health")).status).toBe(204);
  });
});

describe("calls", () => {
  it.each([
    ["no JSON", "{", 400, "invalid_argument"],
    ["no object", "[]", 400, "invalid_argument"],
    ["a member of another type", '{"path":5}', 400, "invalid_argument"],
    ["JSON without end of depth", "[".repeat(100_000), 400, "invalid_argument"],
    ["two documents", '{"path":"/tmp"}{}', 400, "invalid_argument"],
    ["a path that is not there", '{"path":"/nothing"}', 404, "not_found"],
  ])("refuse %s by Connect's word", async (_name, body, status, code) => {
    const headers = { "content-type": "application/json" };
    const answer = await agent.http("POST", "/filesystem.Filesystem/Stat", { headers, body });
    expect([answer.status, JSON.parse(answer.body.toString()).code]).toEqual([status, code]);
  });

  it("take names of members as JSON and as the protocol's files write them", async () => {
    const headers = { "content-type": "application/json" };
    for (const body of ['{"watcherId":"x"}', '{"watcher_id":"x"}']) {
      const answer = await agent.http("POST", "/filesystem.Filesystem/RemoveWatcher", { headers, body });
      expect(JSON.parse(answer.body.toString()).message).toBe("watcher with id x not found");
    }
  });

  it("are refused by their media type and by their method", async () => {
    const binary = { headers: { "content-type": "application/proto" }, body: "" };
    expect((await agent.http("POST", "/process.Process/List", binary)).status).toBe(415);
    expect((await agent.http("GET", "/process.Process/List")).status).toBe(405);
  });
});

it("reads the same of a form, wherever it is cut into pieces", () => {
  const form = [
    "preamble\r\n--xy\r\n",
    'Content-Disposition: form-data; name="file"; filename="a\\"b;c.txt"\r\n\r\none\r\n--x\r\n',
    "\r\n--xy\r\n",
    "Content-Disposition: form-data; name=file; filename*=UTF-8''%C3%A4+.txt\r\n\r\n",
    "\r\n--xy\r\nContent-Disposition: form-data; name=other\r\n\r\nno\r\n--xy--\r\nepilogue",
  ].join("");
  const told = askAgent(
    `
from agent.multipart import read_multipart
def parts_of(size):
    pieces = [given[at : at + size].encode() for at in range(0, len(given), size)]
    found = []
    async def read(): return pieces.pop(0) if pieces else b""
    async def store(name, read_part):
        content = b""
        while data := await read_part(): content += data
        found.append([name, content.decode()])
    try: read_multipart(read, "multipart/form-data; boundary=xy", store).send(None)
    except StopIteration: pass
    return found
answer = [parts_of(size) for size in range(1, len(given) + 1)]`,
    form,
  );
  const parts = [
    ['a"b;c.txt', "one\r\n--x\r\n"],
    ["ä+.txt", ""],
  ];
  expect(told).toEqual(Array.from(form, () => parts));
});
