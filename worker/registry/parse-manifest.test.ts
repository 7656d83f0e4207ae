import { describe, expect, it } from "vitest";
import { manifestSchema } from "#contract/manifest/manifest";
import { verifies } from "../../test/verifies.ts";
import { parseManifest } from "./parse-manifest.ts";

const good = `schema_version: "0.3"
name: hello-worker
title: Hello
version: 0.1.0
exec:
  entry: run.py
`;

/** The good file with lines added below exec, two spaces in, and at the top. */
const withExec = (lines: string, top = "") => `${good}${lines.replaceAll(/^/gm, "  ")}\n${top}`;

function codes(source: string, paths?: string[]): string[] {
  const { findings } = parseManifest(source, paths === undefined ? {} : { paths: new Set(paths) });
  return findings.filter((f) => f.severity === "error").map((f) => f.code);
}

describe("a file without a mistake", () => {
  it("becomes a complete manifest with every default filled in", () => {
    const { manifest, findings } = parseManifest(good);
    expect(findings).toEqual([]);
    expect(manifestSchema.parse(manifest)).toEqual(manifest);
    expect(manifest).toMatchObject({
      description: "Hello",
      triggers: [{ type: "manual" }],
      limits: { timeout_seconds: 300, max_tool_iterations: 12 },
      exec: { mode: "script", command: "python run.py", runtime: "python311", runner: "e2b" },
    });
  });

  it.each([
    ["run.js", "node run.js", "node22"],
    ["run.sh", "bash run.sh", "bash"],
    ["my script.py", "python 'my script.py'", "python311"],
    ["SKILL.md", "", "skill"],
  ])("derives command and runtime of %s", (entry, command, runtime) => {
    const { manifest } = parseManifest(good.replace("run.py", entry));
    expect(manifest?.exec).toMatchObject({ entry, command, runtime });
  });

  it("finds the entry in the command, by runtime, or in the folder", () => {
    const entryOf = (exec: string, paths: string[] = []) =>
      parseManifest(good.replace("entry: run.py", exec), { paths: new Set(paths) }).manifest?.exec.entry;
    expect(entryOf("command: python src/main.py --fast", ["src/main.py"])).toBe("src/main.py");
    expect(entryOf("runtime: node22\n  command: npm start", ["run.js"])).toBe("run.js");
    expect(entryOf("secrets: [A]", ["run.sh"])).toBe("run.sh");
  });

  it("gives files their place and media type", () => {
    const { manifest } = parseManifest(
      withExec(`inputs:
  - {name: data, kind: file, accepts: [text/csv]}
  - {name: photo, kind: file}
outputs:
  - {name: report, kind: file, media_type: text/markdown}
  - {name: raw, kind: file}
  - {name: table, kind: file, path: out/t.csv}`),
    );
    expect(manifest?.exec.inputs.map((f) => [f.path, f.media_type])).toEqual([
      ["inputs/data.csv", "text/csv"],
      ["inputs/photo", "application/octet-stream"],
    ]);
    expect(manifest?.exec.outputs.map((f) => [f.path, f.media_type])).toEqual([
      ["out/report.md", "text/markdown"],
      ["out/raw.bin", "application/octet-stream"],
      ["out/t.csv", "text/csv"],
    ]);
  });
});

describe("a file that is not one YAML mapping", () => {
  it.each([
    ["a: [1\nb: : c", "bad_yaml"],
    ["\tname: x", "bad_yaml"],
    ["- a\n- b", "not_a_mapping"],
    ["hello", "not_a_mapping"],
    ["", "not_a_mapping"],
    ["# only a comment\n", "not_a_mapping"],
    [`${good}---\na: 1`, "many_documents"],
    ["a: !!python/object:os.system x", "unknown_tag"],
    [`${good}title: Again`, "duplicate_key"],
    [`base: &b {title: x}\n${good}<<: *b`, "merge_key"],
    [`long: ${"x".repeat(300_000)}`, "too_large"],
  ])("refuses %j with a place", (source, code) => {
    verifies("registry:manifest:not-a-mapping-refused");
    const { manifest, findings } = parseManifest(source);
    expect(manifest).toBeNull();
    const found = findings.find((finding) => finding.code === code);
    expect(found?.line).toBeGreaterThan(0);
    expect(found?.column).toBeGreaterThan(0);
  });

  it("refuses aliases that multiply, cycles and absurd nesting", () => {
    verifies("registry:manifest:aliases-cannot-explode");
    const levels = ["a", "b", "c", "d", "e"].map((name, i, all) => {
      const item = i === 0 ? "x" : `*${all[i - 1]}`;
      return `${name}: &${name} [${Array.from({ length: 9 }, () => item).join(",")}]`;
    });
    expect(codes(levels.join("\n"))).toEqual(["too_complex"]);
    expect(codes("a: &a\n  b: *a")).toEqual(["too_complex"]);
    expect(codes(`a: &a x\nb: [${Array.from({ length: 15_000 }, () => "*a").join(",")}]`)).toEqual([
      "too_complex",
    ]);
    expect(codes(`a: ${"[".repeat(5000)}${"]".repeat(5000)}`)).toEqual(["too_complex"]);
    expect(codes("- ".repeat(20_000))).toEqual(["too_complex"]);
  });
});

describe("mistakes", () => {
  it("are found all at once, each with its place, code and fix, in the order of the file", () => {
    verifies("registry:manifest:every-error-at-once", "registry:manifest:unknown-key-suggests");
    const { manifest, findings } = parseManifest(
      `schema_version: "0.3"
name: Hello_Worker
titel: Hello
version: 1.0
exec:
  entry: run.py
  runtme: python311
  inputs:
    - name: n
trigger:
  type: schedule
  cron: "61 * * * *"
`,
      { paths: new Set(["main.py"]) },
    );
    expect(manifest).toBeNull();
    expect(findings.map((f) => `${f.line}:${f.column} ${f.code} ${f.pointer}`)).toEqual([
      "1:1 missing_key /title",
      "2:7 bad_name /name",
      "3:1 unknown_key /titel",
      "4:10 bad_semver /version",
      "6:10 entry_missing /exec/entry",
      "7:3 unknown_key /exec/runtme",
      "9:7 missing_type /exec/inputs/0",
      "12:9 bad_cron /trigger/cron",
    ]);
    expect(findings.map((f) => f.message).join()).toContain('Did you mean "title"?');
    expect(findings.map((f) => f.message).join()).toContain('Did you mean "runtime"?');
    expect(findings.every((f) => f.fix !== "" && f.severity === "error")).toBe(true);
  });

  const field = (keys: string) => withExec(`inputs:\n  - {name: n, ${keys}}`);
  it.each([
    [good.replace("hello-worker", "-x-"), "bad_name"],
    [good.replace("0.1.0", "1.2"), "bad_semver"],
    [good.replace("0.1.0", "latest"), "bad_semver"],
    [good.replace("title: Hello", "title: [a]"), "wrong_type"],
    [good.replace("title: Hello", "title:"), "missing_key"],
    [good.replace("run.py", "run.rb"), "bad_entry"],
    [good.replace("run.py", "../run.py"), "bad_path"],
    [good.replace("run.py", "SKILL.md\n  command: python x.py"), "mixed_worker_kinds"],
    [good.replace("run.py", "run.py\n  runtime: skill"), "mixed_worker_kinds"],
    [good.replace("run.py", "run.py\n  mode: agent"), "mixed_worker_kinds"],
    [withExec("runtime: python27"), "not_allowed"],
    [withExec("runner: cloud"), "bad_runner"],
    [withExec("secrets: ['A B']"), "bad_secret_name"],
    [withExec("resources: {memory_mb: 64}"), "out_of_range"],
    [withExec("connections: [gmail]", "connections: [slack]"), "connections_in_exec"],
    [`${good}limits: {timeout_seconds: 3601}`, "out_of_range"],
    [`${good}capabilities: {network: {deny_out: [example.com]}}`, "bad_network"],
    [`${good}capabilities: {network: {deny_out: ["::/0"]}}`, "bad_network"],
    [`${good}capabilities: {network: {deny_out: [203.0.113.0/33]}}`, "bad_network"],
    [`${good}use_cases: [a, b, c, d, e, f]`, "bad_length"],
    [`${good}folder: ../x`, "bad_path"],
    [`${good}tags: [a/b]`, "bad_tag"],
    [`${good}retry: {max_attempts: 11}`, "out_of_range"],
    [`${good}retry: {backoff: linear}`, "not_allowed"],
    [`${good}approvals: {required: true, approvers_needed: 0}`, "out_of_range"],
    [`${good}approvals: {required: true, expires_in_seconds: 9999999}`, "out_of_range"],
    [`${good}approvals: {required: true, on_expiry: wait}`, "not_allowed"],
    [`${good}approvals: {required: true, approver_needed: 2}`, "unknown_key"],
    [`${good}concurrency: {limit: 1, key: nope}`, "unknown_input"],
    [`${good}concurrency: {limit: 1, key: "\${inputs.nope}"}`, "unknown_input"],
    [`${good}concurrency: {limit: 1, ttl_seconds: 0}`, "out_of_range"],
    [`${good}trigger: {type: schedule}`, "missing_key"],
    [`${good}trigger: {type: schedule, cron: "* * * *"}`, "bad_cron"],
    [`${good}trigger: {type: schedule, cron: "0 0 31 2 *"}`, "bad_cron"],
    [`${good}trigger: {type: schedule, cron: "0 9 * * *", timezone: Mars/Base}`, "bad_timezone"],
    [`${good}trigger: {type: schedule, cron: "0 9 * * *", timezone: "+02:00"}`, "bad_timezone"],
    [`${good}trigger: {type: manual, cron: "0 9 * * *"}`, "cron_without_schedule"],
    [`${good}trigger: {type: hourly}`, "not_allowed"],
    [`${good}trigger: {type: webhook, webhook: {secret: false}}`, "webhook_without_secret"],
    [`${good}trigger: {type: composio}`, "missing_key"],
    [`${good}connections: [{app: gmail, mcp: {url: x}}]`, "bad_connection"],
    [`${good}connections: [{mcp: {label: x}}]`, "missing_key"],
    [field("required: true"), "missing_type"],
    [field("type: select"), "select_without_options"],
    [field("kind: file, type: string"), "mixed_field_kinds"],
    [field("kind: scalar, type: string, path: x.txt"), "mixed_field_kinds"],
    [field("kind: file, path: ../x"), "bad_path"],
    [field("type: number, bounds: {minimum: 3, maximum: 1}"), "bounds_reversed"],
    [field("type: string, bounds: {minimum: 3}"), "bounds_do_not_apply"],
    [field("type: string, format: phone"), "unknown_format"],
    [field("type: number, format: email"), "format_does_not_apply"],
    [field("type: integer, default: 1.5"), "bad_default"],
    [field("type: select, options: [a], default: b"), "bad_default"],
    [withExec("inputs:\n  - {name: 1st, type: string}"), "bad_field_name"],
    [withExec("inputs:\n  - {name: a, type: string}\n  - {name: A, type: string}"), "duplicate_name"],
    [
      withExec("outputs:\n  - {name: a, kind: file, path: o}\n  - {name: b, kind: file, path: o}"),
      "duplicate_path",
    ],
  ])("%j is refused as %s and nothing else", (source, code) => {
    verifies("registry:manifest:each-rule-has-a-code", "registry:manifest:never-dropped-in-silence");
    expect(codes(source)).toEqual([code]);
  });

  it("name the entry that the folder lacks, with the one that was probably meant", () => {
    const { findings } = parseManifest(good, { paths: new Set(["worker.yml", "runn.py"]) });
    expect(findings[0]).toMatchObject({ code: "entry_missing", message: expect.stringContaining("runn.py") });
  });

  it("by the ten thousand are answered with the first of them", () => {
    const keys = Array.from({ length: 15_000 }, (_, i) => `key_${i}: 1`).join("\n");
    const { manifest, findings } = parseManifest(`${good}${keys}`);
    expect(manifest).toBeNull();
    expect(findings.length).toBeLessThanOrEqual(1000);
  });

  it("hidden in keys such as __proto__ are unknown keys like any other", () => {
    expect(codes(`${good}__proto__: {title: x}\nconstructor: 1`)).toEqual(["unknown_key", "unknown_key"]);
  });
});

describe("what is seen in the wild", () => {
  it("is accepted in the older shape, with a warning for each thing that is read differently", () => {
    verifies("registry:manifest:seen-in-the-wild-accepted");
    const { manifest, findings } = parseManifest(`id: csv_enricher
name: CSV Enricher
llm_intensive: true
colour: red
runtime:
  type: python
  entrypoint: main.py
  runner: local
  command: python main.py
  limits: {timeout_seconds: 60}
inputs:
  - {name: data, type: file, accept_csv: true}
  - {name: style, type: select, options: [a, b], enum: [a]}
outputs:
  - {name: report, type: markdown, path: out/report.md}
trigger: {type: cron, cron: "0 9 * * *"}
secrets: [OPENAI_API_KEY]
archived: true
archive_reason: old
paused: true
connections: [gmail]
`);
    expect(findings.every((f) => f.severity === "warning")).toBe(true);
    expect(findings.map((f) => f.code)).toEqual([
      "legacy_shape",
      "no_effect",
      "unknown_key",
      "renamed_value",
      "renamed_value",
      "kind_inferred",
      "options_and_enum",
      "kind_inferred",
      "renamed_value",
      "bare_connection",
    ]);
    expect(manifest).toMatchObject({
      name: "csv-enricher",
      title: "CSV Enricher",
      version: "0.1.0",
      archived: true,
      paused: true,
      limits: { timeout_seconds: 60 },
      exec: { entry: "main.py", runtime: "python311", runner: "e2b", secrets: ["OPENAI_API_KEY"] },
      triggers: [{ type: "schedule", cron: "0 9 * * *", timezone: "UTC" }],
      connections: [{ app: "gmail", scope: "read_only" }],
    });
    expect(manifest?.exec.outputs[0]).toMatchObject({
      kind: "file",
      required: true,
      media_type: "text/markdown",
    });
  });

  it.each([
    [
      "lifted keys",
      `${good}outputs: [{name: a, type: markdown}]\nsecrets: [KEY]\nmode: pure-script`,
      "lifted_key",
    ],
    ["connections under exec", withExec("connections: [gmail]"), "lifted_key"],
    ["a runner called local", withExec("runner: local"), "renamed_value"],
    ["mode pure-script", withExec("mode: pure-script"), "deprecated_key"],
    ["a type of no known name", withExec("inputs: [{name: a, type: strng}]"), "unknown_type"],
    ["an unquoted schema version", good.replace('"0.3"', "0.3"), "unquoted_version"],
    ["cron as a trigger type", `${good}trigger: {type: cron, cron: "0 9 * * *"}`, "renamed_value"],
    ["a secret of the platform's own", withExec("secrets: [FLOOM_SECRET]"), "reserved_secret"],
    ["an entrypoint that differs", `${good}entrypoint: other.py`, "entrypoint_differs"],
    ["node20", good.replace("run.py", "run.js\n  runtime: node20"), "renamed_value"],
    ["a self-hosted runner", withExec("runner: self-hosted:box"), "runner_unavailable"],
    [
      "an example input that a run would refuse",
      withExec("inputs: [{name: a, type: integer}]", "example_input: {a: many}"),
      "bad_example",
    ],
    [
      "a number as text that YAML changes",
      withExec("inputs: [{name: a, type: string, default: 01067}]"),
      "unquoted_text",
    ],
    [
      "a number as option that YAML changes",
      withExec("inputs: [{name: a, type: select, options: [1.10]}]"),
      "unquoted_text",
    ],
    ["an example input of no input", `${good}example_input: {nam: Ada}`, "unknown_input"],
  ])("accepts %s with a warning", (_what, source, code) => {
    verifies("registry:manifest:seen-in-the-wild-accepted");
    const { manifest, findings } = parseManifest(source);
    expect(manifest).not.toBeNull();
    expect(findings.map((f) => f.code)).toContain(code);
  });

  it.each([
    ["entrypoint: SKILL.md", "command: python run.py\n  runtime: python311\n  mode: pure-script", "run.py"],
    ["entrypoint: SKILL.md", "command: node tools/go.js\n  runtime: node22", "tools/go.js"],
    ["entrypoint: notes/AGENT.md", "runtime: skill", "notes/AGENT.md"],
    ["entrypoints: [{name: main, path: A.md, type: markdown}]", "mode: agent", "A.md"],
    ["entrypoint: main.py", "outputs: []", "main.py"],
    ["mode: agent", "mode: agent", "SKILL.md"],
  ])("reads %s beside exec with %j as the entry %s", (top, exec, entry) => {
    const { manifest, findings } = parseManifest(`${good.replace("entry: run.py", exec)}${top}\n`);
    expect(findings.filter((f) => f.severity === "error")).toEqual([]);
    expect(manifest?.exec.entry).toBe(entry);
  });

  it("stores a default as the same value becomes when somebody gives it", () => {
    const { manifest } = parseManifest(
      withExec(`inputs:
  - {name: dry_run, type: boolean, default: no}
  - {name: count, type: integer, default: "3"}
  - {name: zip, type: string, default: 1067}
  - {name: rows, type: array, default: "[1]"}
  - {name: choice, options: ["3"], default: 3}`),
    );
    expect(manifest?.exec.inputs.map((field) => field.default)).toEqual([false, 3, "1067", [1], "3"]);
  });

  it("never hands a worker a secret of the platform's own", () => {
    expect(parseManifest(withExec("secrets: [API_KEY, E2B_API_KEY]")).manifest?.exec.secrets).toEqual([
      "API_KEY",
    ]);
  });

  it("accepts empty keys as left out", () => {
    expect(codes(`${good}folder:\nlimits:\ntags:\n`)).toEqual([]);
  });

  it("refuses an older trigger that could not be kept as it was meant", () => {
    expect(
      codes(
        "id: old-worker\nruntime: {type: python, entrypoint: run.py}\ntrigger: {type: schedule, every: 5m}",
      ),
    ).toContain("unsupported_trigger");
  });
});

describe("retry and concurrency", () => {
  it("give each code its own rule, completed by what is said for all", () => {
    const { manifest, findings } = parseManifest(
      `${good}retry: {delay_seconds: 9, on: {timeout: {max_attempts: 2, backoff: fixed}, all: {}}}`,
    );
    expect(findings).toEqual([]);
    expect(manifest?.retry).toEqual({
      max_attempts: 3,
      delay_seconds: 9,
      on: ["timeout", "all"],
      rules: {
        timeout: { max_attempts: 2, delay_seconds: 9, backoff: "fixed" },
        all: { max_attempts: 3, delay_seconds: 9 },
      },
    });
  });

  it("warn of a code that no run fails with, in a list and in a mapping", () => {
    for (const on of ["[timeuot]", "{timeuot: {}}"]) {
      const { findings } = parseManifest(`${good}retry: {on: ${on}}`);
      expect(findings.map(({ code, severity }) => [code, severity])).toEqual([
        ["unknown_error_code", "warning"],
      ]);
    }
  });
});

describe("paths of files", () => {
  const file = (list: string, path: string) => `${list}: [{name: a, kind: file, path: ${path}}]`;

  it.each([
    ["the script", file("inputs", "run.py")],
    ["the script, written in another case", file("inputs", "RUN.py")],
    ["a folder in the place of the script", file("inputs", "run.py/x.csv")],
    ["the inputs themselves", file("inputs", "inputs.json")],
    ["the secrets", file("inputs", "secrets.json")],
    ["the result", file("inputs", "result.json")],
    ["an output where the result is", file("outputs", "result.json")],
    ["an output where the manifest is", file("outputs", "worker.yml")],
    ["what is installed", file("inputs", "requirements.txt")],
    ["a file of the folder", file("inputs", "lib/names.csv")],
    ["a file in the place of a folder", file("inputs", "lib")],
    ["an output of the same path", `${file("inputs", "out/a.csv")}\n${file("outputs", "out/a.csv")}`],
  ])("cannot be those of %s", (_what, lines) => {
    expect(codes(withExec(lines), ["run.py", "worker.yml", "lib/names.csv"])).toEqual(["path_taken"]);
  });

  it("cannot be a folder of each other, and may be what else there is", () => {
    const two = (a: string, b: string) =>
      withExec(`inputs: [{name: a, kind: file, path: ${a}}, {name: b, kind: file, path: ${b}}]`);
    expect(codes(two("inputs/x", "inputs/x/y"))).toEqual(["duplicate_path"]);
    expect(codes(two("inputs/x", "inputs/X"))).toEqual(["duplicate_path"]);
    expect(codes(two("inputs/x", "inputs/xy"), ["run.py", "inputs/x"])).toEqual([]);
    expect(codes(withExec(file("outputs", "out/a.csv")), ["run.py", "out/a.csv"])).toEqual([]);
  });
});

describe("network rules", () => {
  const rules = (key: string, rule: string) => `${good}capabilities: {network: {${key}: ["${rule}"]}}\n`;

  it.each([
    ["deny_out", "example.com"],
    ["deny_out", "*.example.com"],
    ["deny_out", "10.0.0.0/33"],
    ["deny_out", "fd00::/8"],
    ["allow_out", "https://example.com"],
    ["allow_out", "example.com:443"],
    ["allow_out", "example.com/path"],
    ["allow_out", "300.1.1.1"],
  ])("that the provider would refuse are refused: %s %s", (key, rule) => {
    expect(codes(rules(key, rule))).toEqual(["bad_network"]);
  });

  it.each([
    ["deny_out", "10.0.0.0/8"],
    ["deny_out", "192.168.1.1"],
    ["allow_out", "api.example.com"],
    ["allow_out", "*.example.com"],
    ["allow_out", "1.1.1.1"],
  ])("that it takes are taken: %s %s", (key, rule) => {
    expect(codes(rules(key, rule))).toEqual([]);
  });
});

it("abbreviations of zones that are none are refused, whatever an old library made of them", () => {
  const zone = (name: string) =>
    codes(`${good}trigger: {type: schedule, cron: "0 9 * * *", timezone: ${name}}\n`);
  for (const name of ["BST", "AST", "NST", "ECT", "IST", "SST", "CNT", "SystemV/PST8"])
    expect([name, zone(name)]).toEqual([name, ["bad_timezone"]]);
  for (const name of ["EST", "CET", "GB", "UTC", "Etc/GMT+5", "America/Argentina/Buenos_Aires", "W-SU"])
    expect([name, zone(name)]).toEqual([name, []]);
});

it("a key that JavaScript would lose is refused wherever an author may choose keys", () => {
  expect(
    codes(`${withExec("inputs: [{name: o, type: object}]")}example_input: {o: {__proto__: {a: 1}}}\n`),
  ).toEqual(["bad_key"]);
});

describe("a connection", () => {
  it.each([
    ["[{mcp: {url: https://x.example, alowed_tools: [a]}}]", "unknown_key", "alowed_tools"],
    ["[{mcp: {url: https://x.example, auth: token}}]", "not_allowed", "auth"],
    ["[{mcp: {url: https://x.example, require_approval: sometimes}}]", "not_allowed", "require_approval"],
    ["[{mcp: {url: https://x.example, transport: smoke}}]", "not_allowed", "transport"],
    ["[{mcp: {transport: stdio, command: npx}}]", "not_allowed", "stdio"],
    ["[{browser_session: {site: bank, secret: S}}]", "not_allowed", "browser_session"],
    ["[{mcp: {url: https://x.example, command: npx}}]", "not_allowed", "stdio"],
    ["[{composio: {app: gmail, scpe: full}}]", "unknown_key", "scpe"],
    ["[{app: gmail, scope: some}]", "not_allowed", "some"],
    ["[{app: gmail, tools: [a]}]", "unknown_key", "tools"],
    ["[{mcp: [1]}]", "bad_connection", "named"],
  ])("%s is refused where it stands, with what to do", (connections, code, word) => {
    const { manifest, findings } = parseManifest(`${good}connections: ${connections}\n`);
    expect(manifest).toBeNull();
    const found = findings.find((finding) => finding.severity === "error" && finding.code === code);
    expect(found?.message).toContain(word);
    expect(found?.fix).not.toBe("");
    expect(found?.line).toBeGreaterThan(1);
  });
});
