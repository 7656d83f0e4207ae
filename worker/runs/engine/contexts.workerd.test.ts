import { env } from "cloudflare:workers";
import { expect, it } from "vitest";
import * as z from "zod";
import {
  contextDetailSchema,
  contextSummarySchema,
  contextVersionSchema,
} from "#contract/contexts/context-bundle";
import { workspaceIdSchema } from "#contract/ids";
import type { JournalEntry } from "#contract/runner/runner";
import { callApi, ownerWorkspace } from "../../../test/support/workerd/api-harness.ts";
import {
  buildTestSpec,
  resultEntry,
  start,
  withEngine,
} from "../../../test/support/workerd/engine-harness.ts";
import type { EngineHarness } from "../../../test/support/workerd/engine-harness.ts";
import { verifies } from "../../../test/verifies.ts";
import { sha256Hex } from "../../platform/crypto.ts";
import { newId } from "../../platform/ids.ts";
import type { MountedByRun } from "../spec/run-spec.ts";

const ask = (method: string, path: string, call?: Parameters<typeof callApi>[2]) =>
  callApi(method, `/api/contexts/${path}`, call);
const put = (name: string, path: string, body: string) => ask("PUT", `${name}/files/${path}`, { body });
const read = async (path: string) => (await ask("GET", path)).text();
const detail = async (name: string) => contextDetailSchema.parse(await (await ask("GET", name)).json());
const versions = async (name: string) =>
  z.array(contextVersionSchema).parse(await (await ask("GET", `${name}/versions`)).json());

async function make(name: string, files: Record<string, string>, json: object = {}): Promise<MountedByRun> {
  const made = await ask("POST", name, { json: { writeable: true, ...json } });
  const { id } = contextSummarySchema.parse(await made.json());
  for (const [path, text] of Object.entries(files)) await put(name, path, text);
  return { context_id: id as MountedByRun["context_id"], name, writeable: true, paths: [] };
}

const specOf = (contexts: MountedByRun[]) =>
  buildTestSpec({
    run_id: newId("run", start),
    workspace_id: workspaceIdSchema.parse(ownerWorkspace),
    contexts,
  });

/** What the runner says that a script left, with the files where they lie in its sandbox. */
async function leave(h: EngineHarness, files: Record<string, string>): Promise<JournalEntry[]> {
  return Promise.all(
    Object.entries(files).map(async ([place, text]): Promise<JournalEntry> => {
      h.driver.files.set(`context/${place}`, text);
      const [context = "", ...path] = place.split("/");
      const sha256 = await sha256Hex(text);
      return {
        type: "context_file",
        at: start,
        context,
        path: path.join("/"),
        size_bytes: text.length,
        sha256,
      };
    }),
  );
}

async function ended(h: EngineHarness): Promise<void> {
  await expect.poll(() => h.engine.view()?.detail.completed_at ?? null).not.toBeNull();
}
const endOf = ({ engine }: EngineHarness) => {
  const { status, error_code, error, contexts } = engine.view()?.detail ?? {};
  return { status, error_code, error, contexts };
};

it("a run gets the files of its contexts, and its record says which versions they were", async () => {
  verifies("contexts:mounts:placed");
  const notes = await make("run-notes", { "a.md": "one", "guides/b.md": "two" });
  await withEngine(async (h) => {
    await h.engine.accept(specOf([{ ...notes, writeable: false, paths: ["guides"] }]), true);
    const launch = h.driver.launches[0];
    expect(launch?.config?.contexts).toEqual([
      { name: "run-notes", writeable: false, archive: launch?.files[0]?.path },
    ]);
    const zip = new TextDecoder().decode(
      new Uint8Array(await new Response(await launch?.files[0]?.open()).arrayBuffer()),
    );
    expect([zip.includes("guides/b.md"), zip.includes("a.md")]).toEqual([true, false]);
    await h.post([resultEntry()]);
    await ended(h);
    expect(endOf(h)).toMatchObject({
      status: "completed",
      contexts: [{ name: "run-notes", version: 2, writeable: false, written_version: null }],
    });
  });
});

it("a launch that is tried again brings the versions that the first one had settled", async () => {
  const notes = await make("pinned", { "a.md": "one" });
  await withEngine(async (h) => {
    h.driver.launchAnswers.push({
      kind: "refused",
      code: "e2b_sandbox_error",
      message: "away",
      retryAfterMs: 0,
    });
    await h.engine.accept(specOf([notes]), true);
    await put("pinned", "a.md", "two");
    h.clock.now += 60_000;
    await h.engine.dispatch({ type: "woke" });
    expect(h.driver.launches).toHaveLength(2);
    expect(endOf(h).contexts).toMatchObject([{ version: 1 }]);
    const file = h.driver.launches[1]?.files[0];
    expect(await new Response(await file?.open()).text()).toContain("a.md");
  });
});

it("what a script changed becomes a version when the run has ended well, once however often it is settled", async () => {
  verifies("contexts:write-back:changed-files", "contexts:write-back:once");
  const notes = await make("written", { "a.md": "one", "b.md": "two" });
  await withEngine(async (h) => {
    const spec = specOf([notes]);
    await h.engine.accept(spec, true);
    await h.post([
      ...(await leave(h, { "written/a.md": "changed", "written/new.md": "new" })),
      resultEntry(),
    ]);
    await ended(h);
    const { contexts } = endOf(h);
    expect(contexts).toMatchObject([{ version: 2, written_version: 3 }]);
    h.evict();
    await h.engine.accept(spec, true);
    await h.engine.dispatch({ type: "woke" });
    const [newest, ...older] = await versions("written");
    expect([newest?.run_id, newest?.change_source, older.length]).toEqual([spec.run_id, "run", 2]);
  });
  const files = await Promise.all(["a.md", "b.md", "new.md"].map((path) => read(`written/files/${path}`)));
  expect(files).toEqual(["changed", "two", "new"]);
});

it("of two runs that change the same file one fails and says so; other files are merged", async () => {
  verifies("contexts:write-back:no-lost-update");
  const notes = await make("shared", { "a.md": "one", "b.md": "one" });
  await withEngine(async (h) => {
    await h.engine.accept(specOf([notes]), true);
    await put("shared", "b.md", "of somebody else");
    await h.post([...(await leave(h, { "shared/a.md": "of the run" })), resultEntry()]);
    await ended(h);
    expect(endOf(h)).toMatchObject({ status: "completed", contexts: [{ version: 2, written_version: 4 }] });
  });
  await withEngine(async (h) => {
    await h.engine.accept(specOf([notes]), true);
    await put("shared", "a.md", "newer");
    await h.post([
      ...(await leave(h, { "shared/a.md": "x", "shared/c.md": "y" })),
      resultEntry({ outputs: { n: 1 } }),
    ]);
    await ended(h);
    expect(endOf(h)).toMatchObject({ status: "failed", error_code: "context_conflict" });
    expect(endOf(h).error).toContain("shared/a.md");
  });
  expect(await read("shared/files/a.md")).toBe("newer");
  expect((await detail("shared")).files.map(({ path }) => path)).toEqual(["a.md", "b.md"]);
});

it("two contexts are written both or none", async () => {
  const [left, right] = [await make("left", { "a.md": "1" }), await make("right", { "a.md": "1" })];
  await withEngine(async (h) => {
    await h.engine.accept(specOf([left, right]), true);
    await put("right", "a.md", "2");
    await h.post([...(await leave(h, { "left/a.md": "x", "right/a.md": "x" })), resultEntry()]);
    await ended(h);
    expect(endOf(h).error_code).toBe("context_conflict");
  });
  expect((await detail("left")).version).toBe(1);
});

it("learnings of two runs at the same time are both kept", async () => {
  const line = (learning: string) => `${JSON.stringify({ created_at: "2026-03-02T09:00:00Z", learning })}\n`;
  const memory = await make("lessons", { "learnings.jsonl": line("first") }, { kind: "memory" });
  await withEngine(async (h) => {
    await h.engine.accept(specOf([memory]), true);
    await put("lessons", "learnings.jsonl", line("first") + line("theirs"));
    await h.post([
      ...(await leave(h, { "lessons/learnings.jsonl": line("first") + line("ours") })),
      resultEntry(),
    ]);
    await ended(h);
    expect(endOf(h).status).toBe("completed");
  });
  expect(await read("lessons/files/learnings.jsonl")).toBe(line("first") + line("theirs") + line("ours"));
});

it("a read-only context takes nothing, whatever a journal says, and a secret ends the run", async () => {
  verifies("contexts:mounts:read-only", "contexts:write-back:no-secrets");
  const notes = await make("kept", { "a.md": "one" });
  const forged = async (mount: MountedByRun, files: Record<string, string>) => {
    let end: ReturnType<typeof endOf> = {
      status: undefined,
      error_code: undefined,
      error: undefined,
      contexts: undefined,
    };
    await withEngine(async (h) => {
      await h.engine.accept(specOf([mount]), true);
      await h.post([...(await leave(h, files)), resultEntry()]);
      await ended(h);
      end = endOf(h);
    });
    return end;
  };
  expect((await forged({ ...notes, writeable: false }, { "kept/a.md": "forged" })).status).toBe("completed");
  expect((await forged(notes, { "other/a.md": "forged", "kept/../../x": "forged" })).status).toBe(
    "completed",
  );
  const key = `ghp_${"k".repeat(36)}`;
  const leaked = await forged(notes, { "kept/log.txt": `token ${key}` });
  expect(leaked).toMatchObject({ status: "failed", error_code: "context_refused" });
  expect(JSON.stringify(leaked)).not.toContain(key);
  const outside = await forged({ ...notes, paths: ["guides"] }, { "kept/a.md": "not mounted" });
  expect(outside.error_code).toBe("context_refused");
  expect(await detail("kept")).toMatchObject({ version: 1 });
});

it("a failed run writes nothing, and a context that went meanwhile ends the launch in words", async () => {
  const notes = await make("going", { "a.md": "one" });
  await withEngine(async (h) => {
    await h.engine.accept(specOf([notes]), true);
    await h.post([
      ...(await leave(h, { "going/a.md": "x" })),
      resultEntry({ outcome: "failure", error: "no" }),
    ]);
    await ended(h);
    expect((await detail("going")).version).toBe(1);
  });
  await ask("DELETE", "going");
  await withEngine(async (h) => {
    await h.engine.accept(specOf([notes]), true);
    await ended(h);
    expect(endOf(h)).toMatchObject({ status: "failed", error_code: "missing_contexts" });
    expect(h.driver.launches).toEqual([]);
  });
  const left = await env.FILES.list({ prefix: "contexts/" });
  expect(left.objects.filter(({ key }) => key.includes(notes.context_id))).toEqual([]);
});

it("a context of another workspace is not there, whoever knows its id", async () => {
  const notes = await make("foreign", { "a.md": "one" });
  await withEngine(async (h) => {
    const spec = { ...specOf([notes]), workspace_id: workspaceIdSchema.parse(`wsp_${"1".repeat(26)}`) };
    await h.engine.accept(spec, true);
    await ended(h);
    expect(endOf(h).error_code).toBe("missing_contexts");
  });
});
