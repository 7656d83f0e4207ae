import { gzipSync } from "node:zlib";
import { expect, it } from "vitest";
import { verifies } from "../../../test/verifies.ts";
import { SecretBytes } from "./secret-scan.ts";

const secret = `tok_9f-"Käse"/+ %<x>`;
const found = (values: string[], ...parts: (string | Uint8Array)[]): boolean => {
  const scan = new SecretBytes(values).scan();
  for (const part of parts) scan.take(typeof part === "string" ? new TextEncoder().encode(part) : part);
  return scan.found;
};

it("a secret is found in bytes in the spellings in which it is masked in text, wherever they are divided", () => {
  verifies("secrets:redaction:files");
  const spellings = [
    secret,
    Buffer.from(secret).toString("base64"),
    Buffer.from(secret).toString("hex"),
    encodeURIComponent(secret),
    JSON.stringify(secret),
    Array.from(secret).toReversed().join(""),
  ];
  for (const spelled of spellings) {
    const bytes = Buffer.concat([Buffer.alloc(100, 7), Buffer.from(spelled), Buffer.alloc(100, 255)]);
    for (let cut = 95; cut < bytes.length; cut += 3)
      expect(found([secret], bytes.subarray(0, cut), bytes.subarray(cut)), `${spelled} at ${cut}`).toBe(true);
    expect(found([secret], ...[...bytes].map((byte) => Uint8Array.of(byte))), spelled).toBe(true);
  }
});

it("also wrapped over lines, and in text of two bytes a character, and not where it is not", () => {
  verifies("secrets:redaction:files");
  const wrapped = Buffer.from(secret).toString("base64").replaceAll(/.{5}/g, "$&\r\n");
  expect(found([secret], wrapped)).toBe(true);
  expect(found(["plain-ascii-key"], Buffer.from("x plain-ascii-key y", "utf16le"))).toBe(true);
  const long = "0123456789abcdef".repeat(20);
  expect(found([long], `${long.slice(0, 64)} alone`)).toBe(true);
  expect(found([secret], "nothing of that kind", gzipSync(secret))).toBe(false);
  expect(found([], secret)).toBe(false);
  expect(found(["short"], "short")).toBe(false);
});
