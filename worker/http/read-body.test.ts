import { expect, it } from "vitest";
import * as z from "zod";
import { limits } from "#contract/limits";
import { AppError } from "../platform/app-error.ts";
import { checkRawBody, readBytes, readForm, readJson } from "./read-body.ts";

const limit = "decision_body_bytes";
const most = limits[limit].value;
const json = { kind: "json", schema: z.strictObject({ name: z.string() }), limit } as const;
const form = { kind: "multipart", field: "file", limit } as const;
const bytes = { kind: "bytes", media_types: ["application/zip"], limit } as const;

const post = (body: BodyInit | null, headers: Record<string, string> = {}) =>
  new Request("http://floom.test", { method: "POST", body, headers, duplex: "half" } as RequestInit);
const asJson = { "content-type": "application/json" };

/** The code and the pointers of a refusal. */
async function refusalOf(read: () => unknown) {
  try {
    await read();
  } catch (error) {
    if (error instanceof AppError) return [error.code, ...(error.options.errors ?? []).map((e) => e.pointer)];
    throw error;
  }
  return null;
}

/** A body that says nothing of its length. */
function stream(size: number): ReadableStream {
  let left = size;
  return new ReadableStream({
    pull(controller) {
      const part = Math.min(left, 16_384);
      left -= part;
      if (part === 0) return controller.close();
      controller.enqueue(new Uint8Array(part));
    },
  });
}

it("a body is read up to its limit to the byte, whatever is said of its length", async () => {
  expect((await readBytes(post(stream(most)), limit)).byteLength).toBe(most);
  expect(await refusalOf(() => readBytes(post(stream(most + 1)), limit))).toEqual(["body_too_large"]);
  const small = post("x", { "content-length": String(most + 1) });
  expect(await refusalOf(() => readBytes(small, limit))).toEqual(["body_too_large"]);
  expect((await readBytes(post(null), limit)).byteLength).toBe(0);
});

it("a JSON body is what the route takes, and each fault is pointed at", async () => {
  expect(await readJson(post('{"name":"Ada"}', asJson), json)).toEqual({ name: "Ada" });
  const said = { "content-type": "Application/JSON; charset=utf-8" };
  expect(await readJson(post('{"name":"Ada"}', said), json)).toEqual({ name: "Ada" });
  expect(await refusalOf(() => readJson(post('{"name":1}', asJson), json))).toEqual([
    "invalid_request",
    "/name",
  ]);
});

it("what is no JSON, no UTF-8 or of another type is refused for what it is", async () => {
  expect(await refusalOf(() => readJson(post("{", asJson), json))).toEqual(["malformed_json"]);
  expect(await refusalOf(() => readJson(post("", asJson), json))).toEqual(["malformed_json"]);
  const deep = `${"[".repeat(10_000)}${"]".repeat(10_000)}`;
  expect(await refusalOf(() => readJson(post(deep, asJson), json))).toEqual(["malformed_json"]);
  const broken = new Uint8Array([0x22, 0xff, 0x22]);
  expect(await refusalOf(() => readJson(post(broken, asJson), json))).toEqual(["malformed_json"]);
  expect(await refusalOf(() => readJson(post("{}"), json))).toEqual(["unsupported_media_type"]);
});

it("what would not arrive as it is written is refused with its place", async () => {
  const open = { ...json, schema: z.looseObject({}) };
  const refuse = (text: string) => refusalOf(() => readJson(post(text, asJson), open));
  expect(await refuse('{"id": 820982911946154508}')).toEqual(["invalid_request", "/id"]);
  expect(await refuse('{"a": {"b": 1, "b": 2}}')).toEqual(["invalid_request", "/a/b"]);
  expect(await refuse('{"__proto__": {}}')).toEqual(["invalid_request", "/__proto__"]);
  expect(await refuse('{"a": NaN}')).toEqual(["malformed_json"]);
  const cut = await readJson(post('{"text": "cut \\ud83d"}', asJson), open);
  expect(cut).toEqual({ text: "cut \ufffd" });
});

it("a body that may be missing counts as an empty object", async () => {
  const optional = { ...json, schema: z.strictObject({ name: z.string().default("Ada") }), optional: true };
  expect(await readJson(post(null), optional)).toEqual({ name: "Ada" });
});

it("a form gives its one file and its other fields; without the file it is refused", async () => {
  const good = new FormData();
  good.set("file", new File(["a,b"], "table.csv", { type: "text/csv" }));
  good.set("note", "hello");
  expect(await readForm(post(good), form)).toEqual({
    filename: "table.csv",
    mediaType: "text/csv",
    bytes: new TextEncoder().encode("a,b"),
    fields: { note: "hello" },
  });
  const text = new FormData();
  text.set("file", "not a file");
  expect(await refusalOf(() => readForm(post(text), form))).toEqual(["invalid_request", "/file"]);
  const torn = post("--x\r\nnonsense", { "content-type": "multipart/form-data; boundary=x" });
  expect(await refusalOf(() => readForm(torn, form))).toEqual(["invalid_request"]);
});

it("a form's file may be as large as its limit to the byte, whatever stands around it", async () => {
  const holding = (size: number) => {
    const filled = new FormData();
    filled.set("file", new File([new Uint8Array(size)], "large.bin"));
    return post(filled);
  };
  expect((await readForm(holding(most), form)).bytes.byteLength).toBe(most);
  expect(await refusalOf(() => readForm(holding(most + 1), form))).toEqual(["body_too_large"]);
  const endless = post(stream(most * 2), { "content-type": "multipart/form-data; boundary=x" });
  expect(await refusalOf(() => readForm(endless, form))).toEqual(["body_too_large"]);
});

it("a raw body is judged by its type and the length it says, before a byte is read", async () => {
  const zip = { "content-type": "application/zip" };
  checkRawBody(post("zip", zip), bytes);
  expect(await refusalOf(() => checkRawBody(post("zip", asJson), bytes))).toEqual(["unsupported_media_type"]);
  const large = post("zip", { ...zip, "content-length": String(most + 1) });
  expect(await refusalOf(() => checkRawBody(large, bytes))).toEqual(["body_too_large"]);
});
