import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Json } from "#contract/json";
import type { HttpTool } from "#contract/manifest/http-tool";
import { verifies } from "../../test/verifies.ts";
import { insertSecrets, isFault } from "./http-request.ts";
import { renderRequest } from "./render-request.ts";
import { sampleTool } from "../../test/support/http/sample-tool.ts";

const render = (tool: HttpTool, given: Json) => renderRequest(tool, { given, callId: "call-1" });
const rendered = (tool: HttpTool, given: Json) => {
  const request = render(tool, given);
  if (isFault(request)) throw new Error(`${request.pointer ?? ""} ${request.fault}`);
  return request;
};

const item = sampleTool({ url: "https://api.example.com/v1/items/{{id}}/notes" });

describe("a path segment", () => {
  it.each([
    ["plain-1", "plain-1"],
    ["a b", "a%20b"],
    ["a/b", "a%2Fb"],
    ["a?x=1#y", "a%3Fx%3D1%23y"],
    ["a@b:c", "a%40b%3Ac"],
    ["{{secret:TOKEN}}", "%7B%7Bsecret%3ATOKEN%7D%7D"],
    [7, "7"],
  ])("holds %j as one segment", (id, segment) => {
    verifies("http-tools:render:component");
    expect(rendered(item, { id }).url).toBe(`https://api.example.com/v1/items/${segment}/notes`);
  });

  it.each([
    "..",
    ".",
    "../admin",
    "..\\admin",
    "a/../b",
    "%2e%2e",
    "%2e%2e%2fadmin",
    "%252e%252e",
    "",
    "a\u0000b",
    "\ud800",
  ])("is never a way out: %j is refused", (id) => {
    verifies("http-tools:render:component");
    expect(render(item, { id })).toMatchObject({ pointer: "/id" });
  });

  it("refuses two values that are only together a way out", () => {
    const tool = sampleTool({ url: "https://api.example.com/a/{{id}}{{lang}}/c" });
    expect(render(tool, { id: ".", lang: "." })).toHaveProperty("fault");
    expect(render(sampleTool({ url: "https://api.example.com/a/.{{id}}" }), { id: "." })).toHaveProperty(
      "fault",
    );
  });

  it("keeps host, path and count of segments, whatever a value is", () => {
    verifies("http-tools:render:component");
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 40 }), (id) => {
        const request = render(item, { id });
        if (isFault(request)) return;
        const url = new URL(request.url);
        expect(url.origin).toBe("https://api.example.com");
        expect(url.pathname.split("/")).toHaveLength(5);
        expect(url.search + url.hash).toBe("");
        expect(decodeURIComponent(url.pathname.split("/")[3] ?? "")).toBe(id);
      }),
    );
  });
});

describe("query, headers and body", () => {
  const tool = sampleTool({
    method: "POST",
    query: [
      ["tag", "{{tags}}"],
      ["lang", "{{lang}}"],
      ["key", "k-{{secret:TOKEN}}"],
    ],
    headers: [
      ["Authorization", "Bearer {{secret:TOKEN}}"],
      ["X-Lang", "{{lang}}"],
    ],
    body: {
      kind: "json",
      template: {
        id: "{{id}}",
        count: "{{count}}",
        ok: "{{flag}}",
        text: "n={{count}} f={{flag}}",
        list: ["{{lang}}", "{{id}}"],
        deep: { lang: "{{lang}}", all: "{{tags}}" },
        token: "{{secret:TOKEN}}",
      },
    },
  });

  it("keeps types of placeholders that stand alone, and makes text of those within one", () => {
    verifies("http-tools:render:typed");
    const request = rendered(tool, { id: "x", count: 7, flag: false, tags: ["a", "b&c"], lang: "de" });
    expect(request.query).toEqual([
      ["tag", "a"],
      ["tag", "b&c"],
      ["lang", "de"],
      ["key", "k-{{secret:TOKEN}}"],
    ]);
    expect(request.body).toEqual({
      kind: "json",
      value: {
        id: "x",
        count: 7,
        ok: false,
        text: "n=7 f=false",
        list: ["de", "x"],
        deep: { lang: "de", all: ["a", "b&c"] },
        token: "{{secret:TOKEN}}",
      },
    });
  });

  it("leaves out what is not given: pair, header, member and item", () => {
    verifies("http-tools:render:typed");
    const request = rendered(tool, { id: "x", lang: null });
    expect(request.query).toEqual([["key", "k-{{secret:TOKEN}}"]]);
    expect(request.headers.map(([name]) => name)).not.toContain("X-Lang");
    expect(request.body).toEqual({
      kind: "json",
      value: { id: "x", list: ["x"], deep: {}, token: "{{secret:TOKEN}}" },
    });
    expect(JSON.stringify(request)).not.toMatch(/None|null|undefined/);
  });

  it("fills in defaults of the schema", () => {
    const withDefault = sampleTool({
      query: [["page", "{{count}}"]],
      input_schema: { type: "object", properties: { count: { type: "integer", default: 3 } } },
    });
    expect(rendered(withDefault, {}).query).toEqual([["page", "3"]]);
  });

  it("puts secrets only where the author wrote them, though a value looks like one", () => {
    verifies("http-tools:secrets:template-only");
    const smuggled = "{{secret:TOKEN}}";
    const request = rendered(tool, { id: smuggled, count: 1, flag: true, tags: [smuggled], lang: smuggled });
    const sent = insertSecrets(request, { TOKEN: "v4lue-of-the-token" });
    expect(sent).toMatchObject({
      query: [
        ["tag", smuggled],
        ["lang", smuggled],
        ["key", "k-v4lue-of-the-token"],
      ],
      body: { value: { id: smuggled, token: "v4lue-of-the-token", deep: { lang: smuggled } } },
    });
    expect(JSON.stringify(sent).split("v4lue-of-the-token")).toHaveLength(4);
  });

  it.each(["a\r\nX-Admin: 1", "a\nb", "a\u0000", " a", "grün €"])("refuses %j in a header", (lang) => {
    verifies("http-tools:render:component");
    expect(render(tool, { id: "x", lang })).toMatchObject({ pointer: "/lang" });
  });

  it("lets no secret go where one is not given, or breaks its header", () => {
    const request = rendered(tool, { id: "x" });
    expect(insertSecrets(request, {})).toHaveProperty("fault");
    expect(insertSecrets(request, { TOKEN: "a\r\nb" })).toHaveProperty("fault");
    const moved = { ...request, secrets: [{ name: "TOKEN", steps: ["url"], at: 0 }] };
    expect(insertSecrets(moved, { TOKEN: "value" })).toHaveProperty("fault");
  });

  it.each(["form", "multipart"] as const)("renders the fields of a %s body", (kind) => {
    const template = { name: "{{id}}", tag: "{{tags}}", lang: "{{lang}}", n: 3 };
    const request = rendered(sampleTool({ method: "POST", body: { kind, template } }), {
      id: "a=b&c",
      tags: ["x", "y"],
    });
    expect(request.body).toEqual({
      kind,
      fields: [
        ["name", "a=b&c"],
        ["tag", "x"],
        ["tag", "y"],
        ["n", "3"],
      ],
    });
  });
});
