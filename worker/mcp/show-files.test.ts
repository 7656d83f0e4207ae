import { expect, it } from "vitest";
import { createClient } from "#contract/client";
import { limits } from "#contract/limits";
import type { Artifact } from "#contract/runs/run";
import { numberedId } from "../../test/support/numbered-id.ts";
import { sampleRun } from "../../test/support/sample-records.ts";
import { chooseShown, showRun } from "./show-files.ts";

const most = limits.mcp_shown_files_bytes.value;

const file = (name: string, type: string, size_bytes = 3): Artifact => ({
  id: numberedId("art", name.length),
  run_id: sampleRun().id,
  name,
  type,
  kind: "artifact",
  path: name,
  relative_path: name,
  size_bytes,
  sha256: "0".repeat(64),
  created_at: "2026-03-02T09:00:00Z",
});

/** What `chooseShown` takes, by name. */
const shown = (...files: Artifact[]) => chooseShown(files).map((one) => `${one.kind} ${one.file.name}`);

/** Answers every download alike. */
const callerOf = (answer: () => Response) => ({
  publicUrl: "http://floom.test",
  api: createClient<Response>({
    origin: "http://floom.test",
    token: undefined,
    fetch: () => Promise.resolve(answer()),
  }),
});

it("a model is shown pictures, sounds and texts that it can take in, and nothing that only a program reads", () => {
  const files = [
    file("a.png", "image/png"),
    file("b.wav", "audio/wav"),
    file("c.txt", "text/plain; charset=utf-8"),
    file("d.json", "application/json"),
    file("e.svg", "image/svg+xml"),
    file("f.zip", "application/zip"),
    file("g.png", "image/png", 0),
  ];
  expect(shown(...files)).toEqual(["image a.png", "audio b.wav", "text c.txt", "text d.json"]);
});

it("a result stays small: what does not fit any more is named by its address alone", () => {
  expect(shown(file("a.png", "image/png", most))).toEqual(["image a.png"]);
  expect(shown(file("a.png", "image/png", most + 1), file("b.txt", "text/plain"))).toEqual(["text b.txt"]);
  const halves = ["a.png", "b.png", "c.png"].map((name) => file(name, "image/png", most / 2));
  expect(shown(...halves)).toEqual(["image a.png", "image b.png"]);
  expect(shown(file("a.txt", "text/plain", limits.mcp_shown_text_bytes.value + 1))).toEqual([]);
});

it("the files of a run that is over come after what is told of it, and only of one that went well", async () => {
  const caller = callerOf(() => new Response("abc"));
  const artifacts = [file("a.png", "image/png"), file("bc.txt", "text/plain")];
  const { content } = await showRun(caller, sampleRun({ status: "completed", artifacts }));
  expect(content.map(({ type }) => type)).toEqual(["text", "image", "resource"]);
  expect(content[1]).toMatchObject({ data: "YWJj", mimeType: "image/png" });
  expect(content[2]).toMatchObject({ resource: { mimeType: "text/plain", text: "abc" } });
  const failed = await showRun(caller, sampleRun({ status: "failed", artifacts }));
  expect(failed.content.map(({ type }) => type)).toEqual(["text", "resource_link", "resource_link"]);
});

it("a file that cannot be shown is named, and takes nothing from the result", async () => {
  const caller = callerOf(() => new Response("{}", { status: 404 }));
  const run = sampleRun({ status: "completed", artifacts: [file("a.png", "image/png")] });
  expect((await showRun(caller, run)).content.map(({ type }) => type)).toEqual(["text", "resource_link"]);
});
