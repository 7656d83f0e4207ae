import { createServer } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Json } from "#contract/json";
import type { HttpTool } from "#contract/manifest/http-tool";
import { sampleTool } from "../../test/support/http/sample-tool.ts";
import { verifies } from "../../test/verifies.ts";
import { openStrangerDial } from "../platform/network/dial-client.ts";
import { createHttpDriver } from "./http-driver.ts";

interface Arrived {
  method: string;
  url: string;
  headers: IncomingMessage["headers"];
  body: string;
}

/** A service on this machine that writes down what arrives. */
class Upstream {
  readonly arrived: Arrived[] = [];
  reply: (arrived: Arrived, response: ServerResponse) => void = (_arrived, response) => {
    response.setHeader("Content-Type", "application/json").end('{"data":{"items":[1,2]}}');
  };
  readonly #server: Server = createServer((request, response) => {
    let body = "";
    request.setEncoding("utf8").on("data", (part: string) => (body += part));
    request.on("end", () => {
      const arrived = {
        method: request.method ?? "",
        url: request.url ?? "",
        headers: request.headers,
        body,
      };
      this.arrived.push(arrived);
      this.reply(arrived, response);
    });
  });
  async open(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    return this;
  }
  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
  get origin(): string {
    const address = this.#server.address() as AddressInfo;
    return `http://127.0.0.1:${address.port}`;
  }
}

let upstream: Upstream;
let other: Upstream;
const slept: number[] = [];
beforeEach(async () => {
  [upstream, other] = [await new Upstream().open(), await new Upstream().open()];
  slept.length = 0;
});
afterEach(() => {
  upstream.close();
  other.close();
});

const SECRET = "s3cr3t/value-0123456789";

async function call(
  tool: HttpTool,
  given: Json,
  { allowLoopback = true, signal = new AbortController().signal } = {},
) {
  const driver = createHttpDriver({
    tools: [tool],
    dial: openStrangerDial({ publicNetwork: undefined, allowLoopback }),
    clock: () => 0,
    sleep: async (ms) => void slept.push(ms),
  });
  const wish = { call_id: "call-1", tool: tool.name, arguments: given };
  const prepared = await driver.prepare(wish);
  if ("fault" in prepared) return prepared;
  const credentials = Object.fromEntries(prepared.credentials.map(({ name }) => [name, SECRET]));
  return driver.execute({ ...wish, ...prepared }, { credentials, signal });
}
const toolAt = (path: string, change: Partial<HttpTool> = {}) =>
  sampleTool({ url: `${upstream.origin}${path}`, ...change });

describe("what arrives and what comes back", () => {
  it("sends the request as it was rendered, and answers what lies at the response's path", async () => {
    const tool = toolAt("/items/{{id}}", {
      method: "POST",
      query: [["lang", "{{lang}}"]],
      headers: [["X-Api-Key", "{{secret:KEY}}"]],
      body: { kind: "json", template: { count: "{{count}}" } },
      response_path: "data.items",
    });
    expect(await call(tool, { id: "a/b", lang: "d&e", count: 3 })).toEqual({ ok: true, content: [1, 2] });
    expect(upstream.arrived).toMatchObject([
      {
        method: "POST",
        url: "/items/a%2Fb?lang=d%26e",
        body: '{"count":3}',
        headers: { "x-api-key": SECRET, "content-type": "application/json" },
      },
    ]);
  });

  it.each(["form", "multipart"] as const)("sends a %s body as such", async (kind) => {
    await call(toolAt("/", { method: "POST", body: { kind, template: { name: "{{id}}" } } }), {
      id: "a&b=c",
    });
    const type = kind === "form" ? "application/x-www-form-urlencoded" : "multipart/form-data; boundary";
    expect(upstream.arrived[0]?.headers["content-type"]).toContain(type);
    expect(upstream.arrived[0]?.body).toContain(kind === "form" ? "name=a%26b%3Dc" : "a&b=c");
  });

  it("says what is there where the response's path leads nowhere", async () => {
    const answer = await call(toolAt("/", { response_path: "data.rows" }), {});
    expect(answer).toMatchObject({ ok: false, code: "response_path_missing" });
    expect(JSON.stringify(answer)).toContain("data has no rows, only items");
  });

  it("asks for page after page, as far as it may", async () => {
    upstream.reply = ({ url }, response) => {
      const page = Number(new URL(url, upstream.origin).searchParams.get("after") ?? 0);
      response
        .setHeader("Content-Type", "application/json")
        .end(JSON.stringify({ items: [page], next: page + 1 }));
    };
    const pagination = {
      by: "cursor",
      parameter: "after",
      cursor_path: "next",
      items_path: "items",
      first: 1,
      max_pages: 3,
    } as const;
    // Said where there are more: a list that ends would else seem whole.
    expect(await call(toolAt("/", { pagination }), {})).toEqual({
      ok: true,
      content: [0, 1, 2],
      more: true,
    });
  });

  it("follows links to further pages, and none to another host", async () => {
    upstream.reply = ({ url }, response) => {
      const next = url === "/list" ? `${upstream.origin}/list?page=2` : `${other.origin}/list?page=3`;
      response
        .setHeader("Link", `<${next}>; rel="next"`)
        .setHeader("Content-Type", "application/json")
        .end(`["${url}"]`);
    };
    const pagination = {
      by: "link",
      parameter: null,
      cursor_path: null,
      items_path: null,
      first: 1,
      max_pages: 9,
    } as const;
    expect(await call(toolAt("/list", { pagination }), {})).toEqual({
      ok: true,
      content: ["/list", "/list?page=2"],
    });
    expect(other.arrived).toEqual([]);
  });
});

describe("a service that is not well", () => {
  it.each([429, 502, 503, 504])("is asked again after %i, as it says when", async (status) => {
    upstream.reply = (_arrived, response) => {
      const isFirst = upstream.arrived.length === 1;
      response.writeHead(isFirst ? status : 200, isFirst ? { "Retry-After": "2" } : {}).end("fine");
    };
    expect(await call(toolAt("/"), {})).toEqual({ ok: true, content: "fine" });
    expect(slept).toEqual([2000]);
  });

  it("is sent a POST once, and again only with a key of its own that stays the same", async () => {
    verifies("http-tools:retries:safe");
    upstream.reply = (_arrived, response) => void response.writeHead(503).end();
    const post = { method: "POST", retries: { max_attempts: 3, idempotency_key: null } } as const;
    await call(toolAt("/", post), {});
    expect(upstream.arrived).toHaveLength(1);
    await call(
      toolAt("/", { ...post, retries: { max_attempts: 3, idempotency_key: "Idempotency-Key" } }),
      {},
    );
    expect(upstream.arrived.slice(1).map(({ headers }) => headers["idempotency-key"])).toEqual(
      Array(3).fill("call-1"),
    );
  });

  it("is not waited for longer than is sensible", async () => {
    upstream.reply = (_arrived, response) =>
      void response.writeHead(429, { "Retry-After": "86400" }).end("later");
    expect(await call(toolAt("/"), {})).toMatchObject({
      code: "upstream_error",
      retryable: true,
      content: { status: 429, body: "later" },
    });
    expect(upstream.arrived).toHaveLength(1);
  });

  it("gets its answer cut at the bound", async () => {
    verifies("http-tools:answers:bounded");
    upstream.reply = (_arrived, response) => {
      const send = () => {
        while (!response.destroyed && response.write("x".repeat(16_384)));
        if (!response.destroyed) response.once("drain", send);
      };
      send();
    };
    expect(await call(toolAt("/"), {})).toMatchObject({ ok: false, code: "response_too_large" });
  });

  it("is given up when it is silent, when it breaks off, and when nothing is there", async () => {
    verifies("http-tools:answers:bounded");
    upstream.reply = (_arrived, response) => void response.write("beginning");
    const aborted = new AbortController();
    const silent = call(toolAt("/"), {}, { signal: aborted.signal });
    await expect.poll(() => upstream.arrived.length).toBe(1);
    aborted.abort();
    expect(await silent).toMatchObject({ code: "timeout", sent: true });
    upstream.reply = (_arrived, response) => {
      response.writeHead(200, { "Content-Length": "100" }).write("part");
      setImmediate(() => response.destroy());
    };
    expect(["response_cut", "unreachable"]).toContain(
      ((await call(toolAt("/"), {})) as { code: string }).code,
    );
    const gone = toolAt("/");
    upstream.close();
    expect(await call(gone, {})).toMatchObject({ code: "unreachable" });
  });
});

describe("attacks", () => {
  const secretive = { headers: [["Authorization", "Bearer {{secret:KEY}}"]] } satisfies Partial<HttpTool>;

  it.each(["..", "../../admin", "%2e%2e/admin", "a/../../admin", "..\\admin"])(
    "sends nothing for the path %j",
    async (id) => {
      verifies("http-tools:attacks:stopped");
      expect(await call(toolAt("/public/{{id}}", secretive), { id })).toHaveProperty("fault");
      expect(upstream.arrived).toEqual([]);
    },
  );

  it("never follows a redirect to another host, nor with another scheme or port", async () => {
    verifies("http-tools:attacks:stopped");
    for (const status of [301, 302, 303, 307, 308]) {
      upstream.reply = (_arrived, response) =>
        void response.writeHead(status, { Location: `${other.origin}/steal` }).end();
      expect(await call(toolAt("/", secretive), {})).toMatchObject({ ok: false, code: "redirect_refused" });
    }
    expect(other.arrived).toEqual([]);
  });

  it("follows at most three redirects of the same origin, by the method that their status means", async () => {
    upstream.reply = ({ url }, response) => {
      if (url === "/end") response.end("there");
      else response.writeHead(303, { Location: "/end" }).end();
    };
    const post = { method: "POST", body: { kind: "json", template: { a: 1 } } } as const;
    expect(await call(toolAt("/", post), {})).toEqual({ ok: true, content: "there" });
    expect(upstream.arrived.map(({ method, body }) => [method, body])).toEqual([
      ["POST", '{"a":1}'],
      ["GET", ""],
    ]);
    upstream.reply = (_arrived, response) => void response.writeHead(307, { Location: "/" }).end();
    expect(await call(toolAt("/"), {})).toMatchObject({ code: "redirect_refused" });
    expect(upstream.arrived).toHaveLength(2 + 4);
  });

  it("shows no secret that the service says back, in an answer, an error or another spelling", async () => {
    verifies("http-tools:secrets:never-shown");
    for (const status of [200, 400]) {
      upstream.reply = ({ headers }, response) => {
        const said = String(headers.authorization);
        const spelled = { said, base64: Buffer.from(said).toString("base64"), url: encodeURIComponent(said) };
        response.writeHead(status, { "Content-Type": "application/json" }).end(JSON.stringify(spelled));
      };
      const answer = JSON.stringify(await call(toolAt("/", secretive), {}));
      expect(upstream.arrived.at(-1)?.headers.authorization).toContain(SECRET);
      for (const form of [SECRET, encodeURIComponent(SECRET), "czNjcjN0"]) expect(answer).not.toContain(form);
    }
  });

  it("sends a value that looks like a secret as the text it is", async () => {
    verifies("http-tools:secrets:template-only");
    const tool = toolAt("/", { ...secretive, query: [["q", "{{id}}"]] });
    await call(tool, { id: "{{secret:KEY}}" });
    expect(upstream.arrived[0]?.url).toBe("/?q=%7B%7Bsecret%3AKEY%7D%7D");
  });

  it("sends nothing without its secret", async () => {
    verifies("http-tools:secrets:fail-closed");
    const tool = toolAt("/", secretive);
    const driver = createHttpDriver({ tools: [tool], dial: fetch, clock: () => 0, sleep: async () => {} });
    const wish = { call_id: "c", tool: tool.name, arguments: {} };
    const prepared = await driver.prepare(wish);
    if ("fault" in prepared) throw new Error(prepared.fault);
    expect(prepared.credentials).toEqual([{ name: "KEY", hosts: ["127.0.0.1"] }]);
    const signal = new AbortController().signal;
    expect(await driver.execute({ ...wish, ...prepared }, { credentials: {}, signal })).toMatchObject({
      code: "credential_denied",
      sent: false,
    });
    expect(upstream.arrived).toEqual([]);
  });

  it("sends nothing to another host than the tool declares, though a kept request says so", async () => {
    verifies("http-tools:attacks:stopped");
    const tool = toolAt("/");
    const driver = createHttpDriver({ tools: [tool], dial: fetch, clock: () => 0, sleep: async () => {} });
    const wish = { call_id: "c", tool: tool.name, arguments: {} };
    const prepared = await driver.prepare(wish);
    if ("fault" in prepared) throw new Error(prepared.fault);
    const request = JSON.parse(
      JSON.stringify(prepared.request).replace(upstream.origin, other.origin),
    ) as Json;
    const signal = new AbortController().signal;
    expect(
      await driver.execute({ ...wish, ...prepared, request }, { credentials: {}, signal }),
    ).toMatchObject({ code: "address_refused", sent: false });
    expect(other.arrived).toEqual([]);
  });

  it("dials no address of this machine or a private network where that is not allowed", async () => {
    verifies("http-tools:attacks:stopped");
    expect(await call(toolAt("/"), {}, { allowLoopback: false })).toMatchObject({
      code: "address_refused",
      sent: false,
    });
    for (const host of ["10.0.0.1", "169.254.169.254", "[::1]", "metadata.internal"]) {
      const answer = await call(sampleTool({ url: `https://${host}/` }), {}, { allowLoopback: false });
      expect(answer).toMatchObject({ code: "address_refused", sent: false });
    }
    expect(upstream.arrived).toEqual([]);
  });
});
