import { env } from "cloudflare:workers";
import { expect, it } from "vitest";
import { sha256Hex } from "../crypto.ts";
import { putInParts } from "./put-in-parts.ts";

const MIB = 1024 * 1024;

function contentOf(size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  for (let at = 0; at < size; at += 65_536)
    crypto.getRandomValues(bytes.subarray(at, Math.min(at + 65_536, size)));
  return bytes;
}

async function write(sink: WritableStream<Uint8Array>, bytes: Uint8Array, pieceBytes: number): Promise<void> {
  const writer = sink.getWriter();
  for (let at = 0; at < bytes.byteLength; at += pieceBytes)
    await writer.write(bytes.subarray(at, at + pieceBytes));
  await writer.close();
}

it.each([
  ["nothing", 0],
  ["less than a part", 1000],
  ["exactly a part", 5 * MIB],
  ["exactly two parts", 10 * MIB],
  ["some parts and a rest", 12 * MIB + 17],
])("%s is stored whole, in whatever pieces it is written", async (_what, size) => {
  const content = contentOf(size);
  for (const pieceBytes of [70_001, 7 * MIB]) {
    await putInParts({ bucket: env.FILES, key: "whole" }, (sink) => write(sink, content, pieceBytes));
    const stored = await env.FILES.get("whole");
    expect(await sha256Hex((await stored?.arrayBuffer()) ?? "absent")).toBe(await sha256Hex(content));
  }
});

it("what breaks off while it is written is not stored, however far it came", async () => {
  for (const size of [1000, 12 * MIB]) {
    const broken = putInParts({ bucket: env.FILES, key: "broken" }, async (sink) => {
      await write(sink, contentOf(size), MIB);
      throw new Error("the source ended");
    });
    await expect(broken).rejects.toThrow("the source ended");
    expect(await env.FILES.get("broken")).toBeNull();
  }
});
