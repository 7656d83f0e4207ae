import { describe, expect, it } from "vitest";
import { trustOf } from "../../runs/spec/trust-facts.ts";
import { verifies } from "../../../test/verifies.ts";
import { parseManifest } from "../parse-manifest.ts";

const head =
  'schema_version: "0.3"\nname: looker\ntitle: Looker\nversion: 1.0.0\nexec:\n  entry: run.py\n  runtime: python311\n';
const parse = (rest: string) => parseManifest(head + rest);
const errorsOf = (rest: string) =>
  parse(rest).findings.flatMap(({ severity, code, pointer }) =>
    severity === "error" ? [`${code} ${pointer}`] : [],
  );

describe("runtime.trust_tier", () => {
  it.each([
    ["2", 2],
    ['"2"', 2],
    ["observer", 1],
    ["privileged", 4],
  ])("reads %s as tier %i", (written, tier) => {
    const { manifest, findings } = parse(`runtime:\n  trust_tier: ${written}\n`);
    expect(findings.filter(({ severity }) => severity === "error")).toEqual([]);
    expect(manifest?.runtime).toEqual({ trust_tier: tier });
    expect(manifest && trustOf(manifest)).toEqual({ tier, tainted_tier: null });
  });

  it.each(["0", "5", "two", "1.5", "true"])("refuses %s", (written) => {
    expect(errorsOf(`runtime:\n  trust_tier: ${written}\n`)).toHaveLength(1);
  });

  it("changes nothing for a script that says nothing, and still takes the runtime's name at the top", () => {
    const { manifest } = parse("");
    expect(manifest?.runtime).toBeUndefined();
    expect(manifest && trustOf(manifest)).toBeNull();
    const lifted = parseManifest(
      'schema_version: "0.3"\nname: looker\ntitle: Looker\nversion: 1.0.0\nruntime: python311\nexec:\n  entry: run.py\n',
    );
    expect(lifted.manifest?.exec.runtime).toBe("python311");
  });

  it("stands at 2 for an agent that says nothing", () => {
    const { manifest } = parseManifest(
      'schema_version: "0.3"\nname: looker\ntitle: Looker\nversion: 1.0.0\nexec:\n  entry: SKILL.md\n',
    );
    expect(manifest && trustOf(manifest)).toEqual({ tier: 2, tainted_tier: null });
  });

  it("refuses a key that it does not know, and one that it cannot keep", () => {
    expect(errorsOf("runtime:\n  trust_teir: 1\n")).toHaveLength(1);
    expect(errorsOf("runtime:\n  env: {A: b}\n")).toHaveLength(1);
  });

  it("warns of a sandbox, which changes nothing", () => {
    const { manifest, findings } = parse("runtime:\n  sandbox: docker\n");
    expect(manifest).not.toBeNull();
    expect(findings).toContainEqual(
      expect.objectContaining({ severity: "warning", code: "no_effect", pointer: "/runtime/sandbox" }),
    );
  });
});

describe("what a tier forbids, at save", () => {
  it.each([
    ["calls below tier 3", "runtime:\n  trust_tier: 2\ncalls: [other-one]\n", "tier_forbids /calls/0"],
    [
      "writeable contexts at tier 1",
      "runtime:\n  trust_tier: 1\ncontexts:\n  - name: notes\n    writeable: true\n",
      "tier_forbids /contexts/0/writeable",
    ],
    [
      "approvals at tier 1",
      "runtime:\n  trust_tier: 1\napprovals:\n  required: true\n",
      "tier_forbids /approvals/required",
    ],
    [
      "a tainted tier above the tier",
      "runtime:\n  trust_tier: 2\n  tainted_trust_tier: 3\n",
      "contradiction /runtime/tainted_trust_tier",
    ],
  ])("refuses %s", (_, rest, error) => {
    expect(errorsOf(rest)).toEqual([error]);
  });

  it("lets tier 3 call, and tier 2 write contexts", () => {
    expect(errorsOf("runtime:\n  trust_tier: 3\ncalls: [other-one]\n")).toEqual([]);
    expect(errorsOf("runtime:\n  trust_tier: 2\ncontexts:\n  - name: notes\n    writeable: true\n")).toEqual(
      [],
    );
  });

  it("says what to write instead, with the line", () => {
    const [finding] = parse("runtime:\n  trust_tier: 2\ncalls: [other-one]\n").findings;
    expect(finding).toMatchObject({ line: 10, fix: "Write trust_tier: 3, or take calls out." });
  });
});

describe("runtime.max_execution_time", () => {
  it.each([
    ["30s", 30],
    ["2m", 120],
  ])("bounds runs by %s", (written, seconds) => {
    const { manifest, unsaid } = parse(`runtime:\n  max_execution_time: ${written}\n`);
    expect(manifest?.limits.timeout_seconds).toBe(seconds);
    expect(manifest?.runtime).toBeUndefined();
    expect(unsaid.timeout).toBe(false);
  });

  it("refuses what it does not understand, what is too long, and saying it twice", () => {
    expect(errorsOf("runtime:\n  max_execution_time: 30\n")).toHaveLength(1);
    expect(errorsOf("runtime:\n  max_execution_time: 1h\n")).toHaveLength(1);
    expect(errorsOf("runtime:\n  max_execution_time: 99999m\n")).toHaveLength(1);
    expect(errorsOf("runtime:\n  max_execution_time: 30s\nlimits:\n  timeout_seconds: 30\n")).toHaveLength(1);
  });
});

describe("exec.resources", () => {
  const sized = (memory: number, tier: string) =>
    errorsOf(`  resources: {memory_mb: ${memory}, cpu_count: 1}\n${tier}`);

  it("may be as large as the declared tier allows, and any size where none is declared", () => {
    verifies("templates:size:kept");
    expect(sized(512, "runtime: {trust_tier: 1}\n")).toEqual([]);
    expect(sized(513, "runtime: {trust_tier: 1}\n")).toEqual(["tier_forbids /exec/resources/memory_mb"]);
    expect(sized(2049, "runtime: {trust_tier: 2}\n")).toEqual(["tier_forbids /exec/resources/memory_mb"]);
    expect(sized(8192, "")).toEqual([]);
    expect(parse("  resources: {memory_mb: 1024}\n").findings).toEqual([]);
  });
});
