import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startAgent } from "../../test/support/sandbox-agent/agent-under-test.ts";
import type { AgentUnderTest } from "../../test/support/sandbox-agent/agent-under-test.ts";

let agent: AgentUnderTest;
beforeAll(async () => {
  agent = await startAgent({ diskSize: String(8 * 1024 * 1024) });
});
afterAll(async () => agent.stop());

const RAW = { "Content-Type": "application/octet-stream" };
const FORM = { "Content-Type": "multipart/form-data; boundary=xyz" };

async function post(path: string, headers: object, body: string | Buffer) {
  const answer = await agent.http("POST", path, { headers, body });
  return { status: answer.status, body: JSON.parse(answer.body.toString()) };
}

async function get(path: string, headers: object = {}) {
  return agent.http("GET", path, { headers });
}

function part(disposition: string, content: string): string {
  return `--xyz\r\nContent-Disposition: form-data; ${disposition}\r\n\r\n${content}\r\n`;
}

describe("POST /files", () => {
  it("stores parts under their full path, and ignores parts of another name", async () => {
    const body = `${part('name="other"', "no")}${part('name="file"; filename="/tmp/d/ä.txt"', "1")}--xyz--\r\n`;
    expect(await post("/files", FORM, body)).toEqual({
      status: 200,
      body: [{ name: "ä.txt", path: "/tmp/d/ä.txt", type: "file" }],
    });
    expect((await get("/files?path=/tmp/d/%C3%A4.txt")).body.toString()).toBe("1");
  });

  it("keeps every byte of a part without a file name", async () => {
    const bytes = Buffer.concat([
      Buffer.from('--xyz\r\nContent-Disposition: form-data; name="file"\r\n\r\n'),
      Buffer.from([0xff, 0x00, 0xc3, 0xa4, 0x80]),
      Buffer.from("\r\n--xyz--\r\n"),
    ]);
    expect((await post("/files?path=/tmp/bytes", FORM, bytes)).status).toBe(200);
    expect([...(await get("/files?path=/tmp/bytes")).body]).toEqual([0xff, 0x00, 0xc3, 0xa4, 0x80]);
  });

  it("unpacks a gzip body and refuses one that is broken", async () => {
    const zipped = { ...RAW, "Content-Encoding": "gzip" };
    expect((await post("/files?path=/tmp/z", zipped, gzipSync("unpacked"))).status).toBe(200);
    expect((await get("/files?path=/tmp/z")).body.toString()).toBe("unpacked");
    expect((await post("/files?path=/tmp/broken", zipped, "no gzip")).status).toBe(400);
    expect((await get("/files?path=/tmp/broken")).status).toBe(404);
  });

  it.each([
    ["no path for a raw body", "/files", RAW, 400],
    ["an unknown content type", "/files?path=/tmp/x", { "Content-Type": "text/plain" }, 400],
    ["an unknown content encoding", "/files?path=/tmp/x", { ...RAW, "Content-Encoding": "br" }, 400],
    ["a form without boundary", "/files?path=/tmp/x", { "Content-Type": "multipart/form-data" }, 400],
    ["a path with a NUL byte", "/files?path=/tmp/%00x", RAW, 400],
    ["a path below a file", "/files?path=/etc/passwd/x", RAW, 400],
    ["a read-only place", "/files?path=/usr/x", RAW, 403],
    ["an unknown user", "/files?path=x&username=ghost", RAW, 401],
  ])("refuses %s with code and message", async (_name, path, headers, status) => {
    const answer = await post(path, headers, "content");
    expect(answer.status).toBe(status);
    expect(answer.body).toEqual({ code: status, message: expect.any(String) });
  });

  it("refuses a form that ends in the middle", async () => {
    const cut = part('name="file"; filename="/tmp/cut"', "half").slice(0, -2);
    expect((await post("/files", FORM, cut)).status).toBe(400);
    expect((await get("/files?path=/tmp/cut")).status).toBe(404);
  });

  it("leaves an existing file alone when the new content is known not to fit", async () => {
    await post("/files?path=keep", RAW, "old content");
    const tooBig = await post("/files?path=keep", RAW, Buffer.alloc(9 * 1024 * 1024));
    expect([tooBig.status, tooBig.body.code]).toEqual([507, 507]);
    expect((await get("/files?path=keep")).body.toString()).toBe("old content");
  });
});

describe("GET /files", () => {
  it("announces length and name, sends gzip and ranges when asked", async () => {
    await post("/files?path=/tmp/data.txt", RAW, "0123456789");
    const whole = await get("/files?path=/tmp/data.txt");
    expect(whole.headers).toMatchObject({ "content-length": "10", "accept-ranges": "bytes" });
    expect(whole.headers["content-disposition"]).toContain('filename="data.txt"');
    const zipped = await get("/files?path=/tmp/data.txt", { "Accept-Encoding": "gzip" });
    expect(zipped.headers["content-encoding"]).toBe("gzip");
    const part = await get("/files?path=/tmp/data.txt", { Range: "bytes=-3" });
    expect([part.status, part.body.toString(), part.headers["content-range"]]).toEqual([
      206,
      "789",
      "bytes 7-9/10",
    ]);
    const beyond = await get("/files?path=/tmp/data.txt", { Range: "bytes=20-" });
    expect([beyond.status, beyond.headers["content-range"]]).toEqual([416, "bytes */10"]);
  });

  it.each([
    ["a missing file", "/files?path=/nothing", {}, 404],
    ["a directory", "/files?path=/tmp", {}, 400],
    ["no path, which is the home directory", "/files", {}, 400],
    ["a device", "/files?path=/dev/zero", {}, 400],
    ["an encoding nobody offers", "/files?path=/etc/passwd", { "Accept-Encoding": "*;q=0" }, 406],
  ])("refuses %s", async (_name, path, headers, status) => {
    const answer = await get(path, headers);
    expect(answer.status).toBe(status);
    expect(JSON.parse(answer.body.toString())).toEqual({ code: status, message: expect.any(String) });
  });

  it("allows no other method, and no other path", async () => {
    const removal = await agent.http("DELETE", "/files?path=/etc/passwd");
    expect([removal.status, removal.headers["allow"]]).toEqual([405, "GET, POST"]);
    expect((await get("/init")).status).toBe(404);
  });
});

it("takes away the half-written file of a client that leaves in the middle of a form", async () => {
  const leaving = new AbortController();
  const body = Buffer.from(part('name="file"; filename="/tmp/left"', "x".repeat(200_000)));
  const sent = agent.http("POST", "/files", {
    headers: { ...FORM, "Content-Length": "9000000" },
    body: body.subarray(0, 150_000),
    signal: leaving.signal,
  });
  const status = async () => (await get("/files?path=/tmp/left")).status;
  while ((await status()) !== 200);
  leaving.abort();
  await expect(sent).rejects.toThrow();
  while ((await status()) !== 404);
  expect(await status()).toBe(404);
});
