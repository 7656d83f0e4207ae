import fc from "fast-check";
import { expect, it } from "vitest";
import { parseMultipart } from "./parse-multipart.ts";

const type = "multipart/form-data; boundary=x";
const bytesOf = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, "latin1"));
const parse = (text: string, contentType = type) => parseMultipart(bytesOf(text), contentType);
const head = 'Content-Disposition: form-data; name="a"';

it("whatever a browser or fetch puts into a form comes out byte for byte", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uint8Array({ maxLength: 3000 }),
      fc.string({ unit: fc.constantFrom("a", "ä", '"', "\\", "%", ";", " ", "=", "日"), minLength: 1 }),
      fc.string(),
      async (bytes, filename, text) => {
        const form = new FormData();
        form.set("text", text);
        form.set("file", new File([bytes.slice()], filename, { type: "text/csv" }));
        const response = new Response(form);
        const parts = parseMultipart(
          new Uint8Array(await response.clone().arrayBuffer()),
          response.headers.get("content-type") ?? "",
        );
        const known = await response.formData();
        expect(parts?.[0]?.filename).toBeNull();
        expect(new TextDecoder().decode(parts?.[0]?.bytes)).toBe(known.get("text"));
        expect(parts?.[1]).toMatchObject({ name: "file", mediaType: "text/csv" });
        expect(Buffer.from(parts?.[1]?.bytes ?? []).equals(bytes)).toBe(true);
        if (!filename.includes('\\"')) expect(parts?.[1]?.filename).toBe(filename);
      },
    ),
    { numRuns: 200, seed: 7 },
  );
});

it("a form as curl sends it, and a boundary in quotes, are read", () => {
  const form = `--x y\r\nContent-Disposition: form-data; name="file"; filename="a \\"b\\".zip"\r\nContent-Type: application/zip\r\n\r\nPK\r\n--x y--\r\n`;
  expect(parse(form, 'multipart/form-data; boundary="x y"')).toEqual([
    { name: "file", filename: 'a "b".zip', mediaType: "application/zip", bytes: bytesOf("PK") },
  ]);
});

it("what stands before the first boundary and after the last is no part", () => {
  const parts = parse(`preamble\r\n--x\r\n${head}\r\n\r\n1\r\n--x--\r\nepilogue --x`);
  expect(parts?.map(({ bytes }) => Buffer.from(bytes).toString())).toEqual(["1"]);
});

it("content that looks like a boundary and is none stays content", () => {
  const content = "\r\n-x\r\n--\r\n--y\r\r\n";
  const parts = parse(`--x\r\n${head}\r\n\r\n${content}\r\n--x--`);
  expect(Buffer.from(parts?.[0]?.bytes ?? []).toString()).toBe(content);
});

it.each([
  ["has no boundary", `--x\r\n${head}\r\n\r\n1\r\n--x--`, "multipart/form-data"],
  ["never comes to its end", `--x\r\n${head}\r\n\r\n1\r\n`, type],
  ["stops after a boundary", `--x\r\n${head}\r\n\r\n1\r\n--x`, type],
  ["has a part without a head", `--x\r\n1\r\n--x--`, type],
  ["has a part without a name", `--x\r\nContent-Disposition: form-data\r\n\r\n1\r\n--x--`, type],
  ["has a part of another kind", `--x\r\nContent-Disposition: attachment; name="a"\r\n\r\n1\r\n--x--`, type],
  ["has a head without end", `--x\r\n${head}${" ".repeat(10_000)}\r\n\r\n1\r\n--x--`, type],
  ["has parts without end", `--x${`\r\n${head}\r\n\r\n1\r\n--x`.repeat(101)}--`, type],
  ["is empty", "", type],
])("a form that %s is none", (_what, form, contentType) => {
  expect(parse(form, contentType)).toBeNull();
});

it("the content of a part is a view of the form, not a copy", () => {
  const form = bytesOf(`--x\r\n${head}\r\n\r\n1\r\n--x--`);
  expect(parseMultipart(form, type)?.[0]?.bytes.buffer).toBe(form.buffer);
});
