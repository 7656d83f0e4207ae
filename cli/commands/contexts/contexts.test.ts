import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { ContextSummary } from "#contract/contexts/context-bundle";
import { callCli } from "../../../test/support/cli-host.ts";
import { FakeProblem, startFakeEdge } from "../../../test/support/fake-edge.ts";
import type { FakeEdge } from "../../../test/support/fake-edge.ts";
import { unzipFiles, zipFiles } from "../../bundle/zip.ts";

const time = "2026-03-02T09:00:00.000Z";
const digest = "a".repeat(64);
const handbook: ContextSummary = {
  id: `ctx_${"0".repeat(26)}`,
  name: "handbook",
  kind: "files",
  description: "",
  category: null,
  visibility: "workspace",
  sensitive: true,
  writeable: false,
  owner_id: "tok_1",
  version: 3,
  digest,
  file_count: 1,
  total_bytes: 5,
  used_by: ["invoice-bot"],
  created_at: time,
  updated_at: time,
};
const file = { path: "a.md", size_bytes: 5, sha256: digest, version: 2, has_secret_warning: false };
const version = {
  version: 3,
  id: "3",
  sha: digest,
  message: "upload 1 file",
  author: "tok_1",
  run_id: null,
  change_source: "api" as const,
  restored_from: null,
  file_count: 1,
  total_bytes: 5,
  timestamp: time,
};

let edge: FakeEdge;
let dir: string;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "floom-contexts-"));
  const zip = await zipFiles([
    { path: "a.md", executable: false, read: async () => new TextEncoder().encode("hello") },
  ]);
  edge = await startFakeEdge({
    listContexts: () => [handbook],
    createContext: ({ params }) => {
      if (params["context"] === "handbook") throw new FakeProblem("context_exists", "It is there.");
      return { ...handbook, name: params["context"] ?? "", version: 0 };
    },
    uploadContext: ({ params }) => {
      if (params["context"] !== "leaky") return { context: handbook, changed: ["a.md"] };
      const errors = [{ pointer: "", file: "a.md", line: 2, detail: "Line 2 looks like an AWS access key." }];
      throw new FakeProblem("context_secret_found", "Nothing was changed: a.md:2.", errors);
    },
    downloadContext: ({ response }) => void response.end(zip),
    getContext: () => ({ ...handbook, files: [file] }),
    listContextVersions: () => [version],
    rollbackContext: () => ({ context: { ...handbook, version: 4 }, changed: ["a.md"] }),
    deleteContext: () => undefined,
  });
});
afterEach(async () => {
  await edge.close();
  await rm(dir, { recursive: true });
});

it("pushes a folder under its own name, without what never belongs to one", async () => {
  await mkdir(join(dir, "handbook", ".git"), { recursive: true });
  await writeFile(join(dir, "handbook", ".git", "config"), "x");
  await writeFile(join(dir, "handbook", "a.md"), "hello");
  const pushed = await callCli(["contexts", "push", "handbook", "--mirror"], { edge, cwd: dir });
  expect(pushed).toMatchObject({ exitCode: 0, stdout: "Pushed 1 file into handbook, version 3.\n" });
  const asked = edge.requests.at(-1);
  expect(asked?.params).toEqual({ context: "handbook" });
  const files = await unzipFiles(new Uint8Array(asked?.body ?? []));
  expect(files.map(({ path }) => path)).toEqual(["a.md"]);
});

it("says where a secret may be, and exits as for a refusal", async () => {
  await writeFile(join(dir, "a.md"), "x");
  const pushed = await callCli(["contexts", "push", ".", "--name", "leaky"], { edge, cwd: dir });
  expect(pushed.exitCode).not.toBe(0);
  expect(pushed.stderr).toContain("Line 2 looks like an AWS access key.");
  expect((await callCli(["contexts", "push", "nowhere"], { edge, cwd: dir })).exitCode).toBe(4);
});

it("pulls the files of a context into a folder", async () => {
  const pulled = await callCli(["contexts", "pull", "handbook", "copy"], { edge, cwd: dir });
  expect(pulled.exitCode).toBe(0);
  expect(await readFile(join(dir, "copy", "a.md"), "utf8")).toBe("hello");
});

it("lists, shows, makes, rolls back and deletes contexts", async () => {
  const ask = (...argv: string[]) => callCli(["contexts", ...argv], { edge });
  expect((await ask("list")).stdout).toContain("invoice-bot");
  expect(JSON.parse((await ask("list", "--json")).stdout)).toEqual([handbook]);
  expect((await ask("files", "handbook")).stdout).toContain("a.md");
  expect((await ask("versions", "handbook")).stdout).toContain("upload 1 file");
  expect((await ask("create", "diary", "--memory")).stdout).toBe("Made diary.\n");
  expect(edge.requests.at(-1)?.json()).toMatchObject({ kind: "memory", writeable: true, sensitive: true });
  expect((await ask("rollback", "handbook", "2")).stdout).toContain("that is version 4");
  expect((await ask("delete", "handbook")).exitCode).toBe(2);
  expect((await ask("delete", "handbook", "--yes")).stdout).toBe("Deleted handbook.\n");
});
