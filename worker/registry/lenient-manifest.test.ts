import { describe, expect, it } from "vitest";
import { parseManifest } from "./parse-manifest.ts";

const good = `schema_version: "0.3"
name: hello-worker
title: Hello
version: 0.1.0
exec:
  entry: run.py
`;

/** The good file with lines added below exec, two spaces in. */
const withExec = (lines: string) => `${good}${lines.replaceAll(/^/gm, "  ")}\n`;

describe("what is told and not refused", () => {
  it("warns of an agent that names a script's runtime, and takes the worker as the agent it is", () => {
    const { manifest, findings } = parseManifest(good.replace("run.py", "SKILL.md\n  runtime: python311"));
    expect(findings).toMatchObject([{ code: "runtime_differs", severity: "warning" }]);
    expect(manifest?.exec).toMatchObject({ mode: "agent", runtime: "skill" });
  });

  it.each(["[]", "[one]", "[one, two]"])("warns of the use cases %s, which are too few", (list) => {
    const { manifest, findings } = parseManifest(`${good}use_cases: ${list}\n`);
    expect(findings).toMatchObject([{ code: "few_use_cases", severity: "warning", pointer: "/use_cases" }]);
    expect(manifest).not.toBeNull();
  });

  it.each(["type: select, options: [a, b]", "type: string, enum: [a]", "type: number", "type: boolean"])(
    "reads the default of nothing between quotes as none for %s",
    (rules) => {
      const { manifest, findings } = parseManifest(withExec(`inputs: [{name: a, ${rules}, default: ""}]`));
      expect(findings.filter(({ severity }) => severity === "error")).toEqual([]);
      expect(manifest?.exec.inputs[0]).not.toHaveProperty("default");
    },
  );

  it("keeps an empty default where it is a value: of a text, and among the options", () => {
    const { manifest } = parseManifest(
      withExec(`inputs:
  - {name: a, type: string, default: ""}
  - {name: b, options: ["", x], default: ""}
`),
    );
    expect(manifest?.exec.inputs.map((input) => input.default)).toEqual(["", ""]);
  });

  it("counts connections that only the capabilities name", () => {
    const { manifest, findings } = parseManifest(
      `${good}connections: [{app: gmail, scope: read_only}]\ncapabilities: {connections: [Gmail, {app: slack}]}\n`,
    );
    expect(manifest?.connections).toEqual([
      { app: "gmail", scope: "read_only" },
      { app: "slack", scope: "full" },
    ]);
    expect(findings).toMatchObject([{ code: "bare_connection", severity: "warning" }]);
  });

  it("takes capabilities that name no connections", () => {
    expect(parseManifest(`${good}capabilities: {connections: []}\n`).findings).toEqual([]);
    const { findings } = parseManifest(`${good}capabilities: {connections: [{}]}\n`);
    expect(findings).toMatchObject([{ code: "bad_connection", severity: "error" }]);
  });
});
