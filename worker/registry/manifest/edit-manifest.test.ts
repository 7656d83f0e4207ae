import { describe, expect, it } from "vitest";
import { editManifest } from "./edit-manifest.ts";
import type { ManifestEdit } from "./edit-manifest.ts";

const base = `# Ours
schema_version: "0.3"
name: hello # keep
title: Hello
description: Greets.
trigger:
  type: manual
`;

function edit(source: string, change: ManifestEdit): string {
  const edited = editManifest(source, change);
  if ("refused" in edited) throw new Error(edited.detail);
  return edited.source;
}

it("what is not changed keeps its place and its comments", () => {
  expect(edit(base, { title: "Hi: there" })).toBe(base.replace("title: Hello", 'title: "Hi: there"'));
});

it("an edit that changes nothing leaves the text as it is, however it is written", () => {
  const odd = "{schema_version: '0.3',   name: hello,\n title:   Hello}\n";
  expect(edit(odd, { title: "Hello" })).toBe(odd);
  expect(edit(odd, {})).toBe(odd);
});

it("null takes the description out, and the older shape is titled by its name", () => {
  expect(edit(base, { description: null })).not.toContain("description");
  expect(edit("id: hello\nname: Hello\n", { title: "Hi" })).toBe("id: hello\nname: Hi\n");
});

describe("triggers", () => {
  it("the one trigger becomes another kind, with its settings", () => {
    const scheduled = edit(base, { triggerType: "schedule", cron: "0 9 * * 1", timezone: "Europe/Berlin" });
    expect(scheduled).toContain("trigger:\n  type: schedule\n  cron: 0 9 * * 1\n  timezone: Europe/Berlin\n");
    expect(edit(scheduled, { triggerType: "manual" })).not.toContain("cron");
    expect(edit(base, { triggerType: "webhook" })).toContain("secret: true");
    expect(edit("schema_version: '0.3'\n", { triggerType: "schedule", cron: "@daily" })).toContain(
      "type: schedule",
    );
  });

  it("a schedule that is there is changed where it stands, also as one of several and under its older word", () => {
    const several = `schema_version: "0.3"\ntriggers:\n  - type: webhook\n  - type: cron # weekly\n    cron: "@weekly"\n`;
    expect(edit(several, { triggerType: "schedule", cron: "@daily" })).toBe(
      several.replace("@weekly", "@daily"),
    );
  });

  it("of several none is taken for another", () => {
    const several = "triggers:\n  - type: webhook\n  - type: schedule\n    cron: '@daily'\n";
    expect(editManifest(several, { triggerType: "manual" })).toMatchObject({ refused: "triggerType" });
  });

  it("a time without a schedule, and inputs that nothing hands over, are refused", () => {
    expect(editManifest(base, { cron: "@daily" })).toMatchObject({ refused: "cron" });
    expect(editManifest(base, { timezone: "UTC" })).toMatchObject({ refused: "timezone" });
    expect(editManifest(base, { inputs: { a: 1 } })).toMatchObject({ refused: "inputs" });
  });

  it("inputs are merged into every schedule and webhook: null takes one out", () => {
    const source =
      "triggers:\n  - type: schedule\n    inputs: {a: 1, b: 2}\n  - type: webhook\n  - type: manual\n";
    expect(edit(source, { inputs: { a: null, c: "x" } })).toBe(
      "triggers:\n  - type: schedule\n    inputs: { b: 2, c: x }\n  - type: webhook\n    inputs:\n      c: x\n  - type: manual\n",
    );
  });
});

it("capabilities are merged, deep", () => {
  const source = "capabilities:\n  secrets: [A]\n  network:\n    egress: true\n    allow_out: [a.example]\n";
  const change = { secrets: ["B"], network: { allow_out: null } };
  expect(edit(source, { capabilities: change })).toBe(
    "capabilities:\n  secrets:\n    - B\n  network:\n    egress: true\n",
  );
});

it("what stands there by reference is written out, so that no other place changes with it", () => {
  const source = "x: &shared\n  a: 1\ntriggers:\n  - type: schedule\n    inputs: *shared\n";
  const changed = edit(source, { inputs: { a: 2 } });
  expect(changed).toContain("x: &shared\n  a: 1\n");
  expect(changed).toContain("inputs:\n      a: 2\n");
});
