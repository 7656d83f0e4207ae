import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { build } from "esbuild";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { limits } from "../../../contract/limits.ts";
import { deflated, rawZip, stored } from "../../../test/support/raw-zip.ts";
import type { RawEntry } from "../../../test/support/raw-zip.ts";
import { forgetPeak, readMemory, readPeak } from "../../../test/support/read-memory.ts";
import type { Config } from "miniflare";
import { verifies } from "../../../test/verifies.ts";
import { buildLocalWorker } from "../../build/edge.ts";
import { serveWorkerd } from "./run-workerd.ts";
import type { RunningWorkerd } from "./run-workerd.ts";
import { putFrontBefore } from "./workerd-config.ts";

const MIB = 1024 * 1024;
const root = join(import.meta.dirname, "../../..");

/**
 * What the process may grow by. The largest zip is in memory once, while it is read for a moment once and a half; the
 * rest is the file and the part at work, and what the allocator keeps for later.
 */
const mostForPermitted = 192 * MIB;
/** A refused zip is read, too, and none of these is large, but its directory may be. */
const mostForHostile = 96 * MIB;

/** Does with a body what the edge does with it, and forgets what would be stored. */
const taker = `
import { readBytes, readForm } from "./worker/http/read-body.ts";
import { sha256Hex } from "./worker/platform/crypto.ts";
import { putInParts } from "./worker/platform/storage/put-in-parts.ts";
import { digestBundle, packBundle } from "./worker/registry/pack-bundle.ts";
import { unpackBundle } from "./worker/registry/unpack-bundle.ts";

const nowhere = {
  put: async () => null,
  createMultipartUpload: async () => ({ uploadPart: async () => ({}), complete: async () => null, abort: async () => {} }),
};

async function takeBundle(zip) {
  const { files, problems } = await unpackBundle(zip);
  if (problems.length > 0) return Response.json(problems.slice(0, 3).map(({ code }) => code));
  await digestBundle(files);
  await putInParts({ bucket: nowhere, key: "key" }, (sink) => packBundle(files, sink));
  return Response.json(["taken"]);
}

// Collects garbage while bytes are copied: what is measured is then what is held.
const set = Uint8Array.prototype.set;
let copied = 0;
Uint8Array.prototype.set = function (from, at) {
  copied += from.length;
  if (copied > 4 * 1024 * 1024) {
    copied = 0;
    gc();
  }
  return set.call(this, from, at);
};

export default {
  async fetch(request) {
    try {
      const { pathname } = new URL(request.url);
      if (pathname === "/zip") return await takeBundle(await readBytes(request, "bundle_zip_bytes"));
      if (pathname === "/bundle-form") {
        const { bytes } = await readForm(request, { kind: "multipart", field: "file", limit: "bundle_zip_bytes" });
        return await takeBundle(bytes);
      }
      const { bytes } = await readForm(request, { kind: "multipart", field: "file", limit: "upload_bytes" });
      await sha256Hex(bytes);
      return Response.json(["taken"]);
    } catch (error) {
      return Response.json([error.code ?? String(error)]);
    }
  },
};`;

let workerd: RunningWorkerd;
let idle: number;

async function bundle(contents: string): Promise<string> {
  const built = await build({
    stdin: { contents, resolveDir: root },
    bundle: true,
    format: "esm",
    conditions: ["workerd", "worker", "browser", "import"],
    external: ["cloudflare:*", "node:*"],
    write: false,
    logLevel: "silent",
  });
  return built.outputFiles[0]?.text ?? "";
}

let config: Config;

beforeAll(async () => {
  const esModule = await bundle(taker);
  const edge = {
    name: "edge",
    worker: { compatibilityDate: "2026-08-01", modules: [{ name: "edge.js", esModule }] },
  };
  const behind = { assets: "edge", edgePaths: [] };
  const { service, socket } = putFrontBefore(edge, await buildLocalWorker("front"), behind);
  config = { services: [service], sockets: [socket], v8Flags: ["--expose-gc"] };
});

beforeEach(async () => {
  workerd = await serveWorkerd(config, { host: "127.0.0.1", port: 0 });
  await send("/zip", rawZip([worker]));
  idle = readMemory(workerd.pid);
  forgetPeak(workerd.pid);
});

afterEach(async () => {
  workerd.kill();
  await workerd.ended;
});

async function send(path: string, body: Buffer | FormData | ReadableStream): Promise<string[]> {
  const options = { method: "POST", body, duplex: "half" } as RequestInit;
  const response = await fetch(`http://127.0.0.1:${workerd.port}${path}`, options);
  return (await response.json()) as string[];
}

function readGrowth(): number {
  return readPeak(workerd.pid) - idle;
}

const worker = stored("worker.yml", Buffer.from("name: x"));
const times = (count: number, make: (index: number) => RawEntry): RawEntry[] =>
  Array.from({ length: count }, (_, index) => make(index));
const longName = (index: number, characters: number): string => `${index}/`.padEnd(characters, "a/");
const whole = (): Buffer => {
  const content = randomBytes(limits.bundle_file_bytes.value - 1024);
  return rawZip([worker, ...times(10, (index) => stored(`file-${index}`, content))]);
};
const formOf = (bytes: Buffer): FormData => {
  const form = new FormData();
  form.set("file", new File([new Uint8Array(bytes)], "a.zip", { type: "application/zip" }));
  return form;
};

describe("what is permitted is taken without many copies of it", () => {
  it("a zip as large as it may be, with a length and without one", async () => {
    verifies("registry:bundle:memory-bounded");
    const zip = whole();
    expect(await send("/zip", zip)).toEqual(["taken"]);
    const pieces = new ReadableStream({
      start(controller) {
        for (let at = 0; at < zip.byteLength; at += MIB) controller.enqueue(zip.subarray(at, at + MIB));
        controller.close();
      },
    });
    expect(await send("/zip", pieces)).toEqual(["taken"]);
    expect(readGrowth()).toBeLessThan(mostForPermitted);
  });

  it("forms as large as they may be", async () => {
    verifies("registry:bundle:memory-bounded");
    expect(await send("/bundle-form", formOf(whole()))).toEqual(["taken"]);
    const upload = randomBytes(limits.upload_bytes.value - 1024);
    expect(await send("/upload-form", formOf(upload))).toEqual(["taken"]);
    expect(readGrowth()).toBeLessThan(mostForPermitted);
  });

  it("a small zip of files that inflate to all that is permitted", async () => {
    verifies("registry:bundle:memory-bounded");
    const zeros = Buffer.alloc(limits.bundle_file_bytes.value - 1024);
    const zip = rawZip([worker, ...times(10, (index) => deflated(`file-${index}`, zeros))]);
    expect(await send("/zip", zip)).toEqual(["taken"]);
    expect(readGrowth()).toBeLessThan(mostForPermitted);
  });
});

describe("what is hostile costs less", () => {
  const bomb = () => deflated("bomb", Buffer.alloc(128 * MIB));
  it.each<[string, () => RawEntry[], string[]]>([
    ["a bomb", () => [worker, bomb()], ["file_too_large"]],
    ["a bomb that says it is small", () => [worker, { ...bomb(), size: 10 }], ["damaged_entry"]],
    [
      "a bomb whose sizes stand behind it",
      () => [worker, { ...bomb(), size: 10, hasDescriptor: true }],
      ["damaged_entry"],
    ],
    [
      "entries that share one bomb",
      () => {
        const shared = { ...deflated("0", Buffer.alloc(5 * MIB)), size: 1000 };
        return [worker, shared, ...times(1900, (i) => ({ ...shared, name: `${i + 1}`, sharesDataOf: 1 }))];
      },
      ["damaged_entry"],
    ],
    [
      "a name of all the characters there can be",
      () => [worker, { name: longName(0, 65_000) }],
      ["bad_path"],
    ],
    [
      "a hundred such names",
      () => [worker, ...times(100, (i) => ({ name: longName(i, 65_000) }))],
      ["bad_path"],
    ],
    [
      "a directory of nothing but names",
      () => [worker, ...times(380, (i) => ({ name: longName(i, 65_000) }))],
      ["not_a_zip"],
    ],
    [
      "a directory of nothing but fields for others",
      () => times(380, (i) => ({ name: `${i}`, extra: Buffer.alloc(60_000, "ab\0\0") })),
      ["not_a_zip"],
    ],
    ["entries without end", () => [worker, ...times(60_000, (i) => ({ name: `${i}` }))], ["too_many_files"]],
    [
      "a zip in a zip in a zip",
      () => [worker, deflated("a.zip", rawZip([deflated("b.zip", rawZip([bomb()]))]))],
      ["taken"],
    ],
  ])("%s", async (_what, entries, answer) => {
    verifies("registry:bundle:memory-bounded");
    const answers = await send("/zip", rawZip(entries()));
    expect([answers[0]]).toEqual(answer);
    expect(await send("/zip", rawZip([worker]))).toEqual(["taken"]);
    expect(readGrowth()).toBeLessThan(mostForHostile);
  });
});
