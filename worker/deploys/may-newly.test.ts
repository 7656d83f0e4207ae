import { expect, it } from "vitest";
import type { Manifest } from "#contract/manifest/manifest";
import { verifies } from "../../test/verifies.ts";
import { parseManifest } from "../registry/parse-manifest.ts";
import { fileOf } from "../registry/bundle/bundle-file.ts";
import { diffFiles, diffManifests } from "./diff-versions.ts";
import { judgeActivation } from "./judge-activation.ts";
import { mayNewly } from "./may-newly.ts";

const head = `schema_version: "0.3"
name: hello-worker
title: Hello
version: 0.1.0
exec:
  entry: run.py
`;

function manifest(rest = ""): Manifest {
  const { manifest: parsed, findings } = parseManifest(head + rest, {
    paths: new Set(["run.py", "worker.yml"]),
  });
  if (!parsed) throw new Error(JSON.stringify(findings));
  return parsed;
}

const abilities = (before: string, after: string) =>
  mayNewly(manifest(before), manifest(after)).map(({ kind, what }) => `${kind} ${what}`);

it("what a change may newly do is named, and what it gives up is not", () => {
  verifies("versions:diff:may-newly");
  const modest = "approvals: { required: true }\nlimits: { timeout_seconds: 10 }\n";
  const bold = `  secrets: [API_KEY]
calls: [other-worker]
limits: { timeout_seconds: 99 }
triggers:
  - { type: schedule, cron: "0 7 * * *" }
connections:
  - { app: gmail }
contexts: [handbook]
`;
  expect(abilities(modest, bold)).toEqual([
    "approval_dropped approvals.required",
    "longer_timeout 99",
    "secret API_KEY",
    "connection gmail",
    "call other-worker",
    "context handbook",
    "trigger schedule 0 7 * * *",
  ]);
  expect(abilities(bold, modest)).toEqual([]);
});

it("an allow-list that is dropped opens the whole internet; one that grows opens its new hosts", () => {
  const list = (hosts: string) => `capabilities: { network: { allow_out: [${hosts}] } }\n`;
  expect(abilities(list("a.example"), "")).toEqual(["network *"]);
  expect(abilities(list("a.example"), list("a.example, b.example"))).toEqual(["network b.example"]);
  expect(abilities("", list("a.example"))).toEqual([]);
  const denied = "capabilities: { network: { deny_out: [203.0.113.0/24] } }\n";
  expect(abilities(denied, "")).toEqual(["network 203.0.113.0/24"]);
});

it("a manifest is compared value by value, each with its pointer", () => {
  verifies("versions:diff:files-and-manifest");
  const changes = diffManifests(manifest(), manifest("limits: { timeout_seconds: 9 }\ncalls: [abc]\n"));
  expect(changes).toEqual([
    { pointer: "/calls", before: [], after: ["abc"] },
    { pointer: "/limits/timeout_seconds", before: 300, after: 9 },
  ]);
});

it("files are compared as text, and binary ones are only named", async () => {
  verifies("versions:diff:files-and-manifest");
  const file = (path: string, bytes: string | Uint8Array) =>
    fileOf(path, typeof bytes === "string" ? new TextEncoder().encode(bytes) : bytes);
  const before = [
    file("same.txt", "x"),
    file("run.py", "a\nb\n"),
    file("old.txt", "gone\n"),
    file("i.png", new Uint8Array([0, 1])),
  ];
  const after = [
    file("same.txt", "x"),
    file("run.py", "a\nc\n"),
    file("new.txt", "hi\n"),
    file("i.png", new Uint8Array([0, 2])),
  ];
  const changes = await diffFiles(
    async () => before,
    async () => after,
  );
  expect(changes.map(({ path, change, binary }) => ({ path, change, binary }))).toEqual([
    { path: "i.png", change: "changed", binary: true },
    { path: "new.txt", change: "added", binary: false },
    { path: "old.txt", change: "removed", binary: false },
    { path: "run.py", change: "changed", binary: false },
  ]);
  expect(changes[0]?.diff).toBeNull();
  expect(changes[1]?.diff).toContain("--- /dev/null\n+++ b/new.txt\n@@ -0,0 +1,1 @@\n+hi");
  expect(changes[3]?.diff).toContain("-b\n+c");
});

it("dropping the approval and switching a worker back on stand in the way of an activation", () => {
  verifies("versions:rollback:guards");
  const guards = (current: string, target: string) =>
    judgeActivation(manifest(current), manifest(target)).map(({ guard }) => guard);
  expect(guards("approvals: { required: true }\n", "")).toEqual(["drops_approvals"]);
  expect(guards("paused: true\n", "")).toEqual(["re_enables"]);
  expect(guards("archived: true\napprovals: { required: true }\n", "")).toEqual([
    "drops_approvals",
    "re_enables",
  ]);
  expect(guards("", "approvals: { required: true }\npaused: true\narchived: true\n")).toEqual([]);
});
