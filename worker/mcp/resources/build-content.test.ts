import { expect, it } from "vitest";
import { platformToolNames } from "#contract/tools/names";
import { tell } from "../tool-result.ts";
import { boundBytes, buildContent, MOST_RESOURCE_BYTES } from "./build-content.ts";
import { linkWhole } from "./link-to.ts";

const read = (all: Uint8Array, from: number | null) => buildContent("floom://x", boundBytes(all, from));

it.each(["a", "ä", "€", "😀"])(
  "a long text of %s is read in parts that are whole characters, and nothing is lost",
  (character) => {
    const text = "x" + character.repeat(MOST_RESOURCE_BYTES / 2);
    const bytes = new TextEncoder().encode(text);
    const parts: string[] = [];
    for (let from: number | null = 0; from !== null;) {
      const content = read(bytes, from);
      parts.push("text" in content ? String(content.text) : "?");
      const next = /from=(\d+)"/.exec(JSON.stringify(content._meta ?? {}))?.[1];
      from = next === undefined ? null : Number(next);
    }
    expect(parts.join("") === text).toBe(true);
  },
);

it("beyond the end of a file there is nothing, and no fault", () => {
  expect(read(new Uint8Array(3), 1000)).toMatchObject({ text: "" });
});

it("an answer that was cut links to the whole of it, and to nothing where there is none", () => {
  const cut = tell({ log: "x".repeat(100_000) });
  const links = (name: string, args: Record<string, string>) =>
    linkWhole(cut, { name, args }).content.flatMap((one) => (one.type === "resource_link" ? [one.uri] : []));
  expect(links("run_get", { run: "run_1" })).toEqual(["floom://runs/run_1"]);
  expect(links("run_logs", { run: "run_1" })).toEqual(["floom://runs/run_1/log"]);
  expect(links("worker_files", { worker: "a", path: "b c.py" })).toEqual([
    "floom://workers/a/files/b%20c.py",
  ]);
  expect(links("worker_files", { worker: "a", path: "b.py", version: "2" })).toEqual([]);
  expect(links("worker_list", {})).toEqual([]);
  for (const name of ["run_get", "run_logs", "worker_files"]) expect(platformToolNames).toContain(name);
  expect(linkWhole(tell({ a: 1 }), { name: "run_get", args: { run: "run_1" } }).content).toHaveLength(1);
});
