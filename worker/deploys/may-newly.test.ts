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

const told = (before: Manifest, after: Manifest) => mayNewly(before, after).map(({ detail }) => detail);

it("people read in a sentence what a version may newly do", () => {
  const base = manifest();
  const before: Manifest = {
    ...base,
    approvals: { ...base.approvals, required: true },
    exec: { ...base.exec, disable_tools: ["shell"] },
  };
  const after: Manifest = {
    ...base,
    exec: { ...base.exec, secrets: ["B_KEY", "A_KEY", "A_KEY"] },
    capabilities: { ...base.capabilities, secrets: ["C_KEY"] },
    limits: { ...base.limits, timeout_seconds: 301 },
    calls: ["other"],
    connections: [{ app: "gmail" }],
    contexts: [{ name: "handbook" }, { name: "notes", writeable: true }],
    triggers: manifest('triggers:\n  - { type: schedule, cron: "0 7 * * *" }\n  - { type: webhook }\n')
      .triggers,
  };
  expect(told(before, after)).toEqual([
    "It may act without anybody's approval.",
    "It may run for 301 seconds instead of 300.",
    "It may read the secret A_KEY.",
    "It may read the secret B_KEY.",
    "It may read the secret C_KEY.",
    "It may use the connection gmail in a way it could not before.",
    "It may use the tool shell.",
    "It may call the worker other.",
    "It may read the context handbook.",
    "It may read and write the context notes.",
    "It may be started by the trigger schedule 0 7 * * *.",
    "It may be started by the trigger webhook.",
  ]);
  expect(told(after, after)).toEqual([]);
});

it("a network that opens is told host by host, or as a whole", () => {
  const network = (text: string) => manifest(`capabilities: { network: { ${text} } }\n`);
  const open = network("allow_out: [a.example]");
  expect(told(open, manifest())).toEqual(["It may reach any host on the internet."]);
  expect(told(open, network("allow_out: [b.example]"))).toEqual(["It may reach b.example."]);
  expect(told(manifest(), manifest())).toEqual([]);
  expect(told(network("deny_out: [203.0.113.0/24]"), manifest())).toEqual([
    "203.0.113.0/24 is no longer denied.",
  ]);
});

it("a connection goes by the name of what it connects to, and counts as new when it may do more", () => {
  const connected = (...connections: Manifest["connections"]): Manifest => ({ ...manifest(), connections });
  const names = (before: Manifest, after: Manifest) => mayNewly(before, after).map(({ what }) => what);
  const all = connected(
    { app: "a", name: "x" },
    { composio: "b" },
    { mcp: "c" },
    { browser_session: "d" },
    { name: "e" },
    { mcp: { url: "f" } },
    { other: 1 },
  );
  expect(names(manifest(), all)).toEqual(["a", "b", "c", "d", "e", '{"url":"f"}', '{"other":1}']);
  const reading = connected({ app: "gmail", read_only: true });
  const full = connected({ app: "gmail" });
  expect(names(reading, full)).toEqual(["gmail"]);
  expect(names(full, full)).toEqual([]);
});

it("a trigger that is there already, and starting by hand, are nothing new", () => {
  const schedule = '  - { type: schedule, cron: "0 7 * * *" }\n';
  const before = `triggers:\n${schedule}`;
  expect(abilities(before, `${before}  - { type: manual }\n`)).toEqual([]);
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
  const both = judgeActivation(manifest("paused: true\narchived: true\n"), manifest());
  expect(both.map(({ detail }) => detail)).toEqual([
    "The active version is paused and archived; this one would switch the worker back on.",
  ]);
  const [dropped] = judgeActivation(manifest("approvals: { required: true }\n"), manifest());
  expect(dropped?.detail).toBe("The active version asks for approval, this one does not.");
  expect(guards("paused: true\n", "paused: true\n")).toEqual([]);
});
