import { describe, expect, it } from "vitest";
import { manifestSchema } from "#contract/manifest/manifest";
import { parseManifest } from "../parse-manifest.ts";

const good = `schema_version: "0.3"
name: notes
title: Notes
version: 0.1.0
exec: {mode: http}
variables:
  base_url: https://api.example.com/v1
exposes:
  - name: get-note
    description: One note.
    parameters:
      note-id: {type: integer, description: Its number.}
      lang: {type: string, required: false, enum: [de, en]}
  - name: add
    access: write
    parameters:
      text: {type: string}
      stars: {type: integer, default: 3}
http_bridge:
  - tool_name: get-note
    url: "{{base_url}}/notes/{{note-id}}?fields=all"
    query_params: {lang: language}
    headers: {Authorization: "Bearer {{secret:NOTES_TOKEN}}"}
    response_path: data.note
  - tool_name: add
    method: POST
    url: "{{var:base_url}}/notes"
    body_template: {text: "{{text}}", stars: "{{stars}}"}
`;

const codesOf = (source: string) =>
  parseManifest(source).findings.map(({ severity, code, line }) => `${severity} ${code} ${line}`);

describe("a worker of declared HTTP tools", () => {
  it("becomes a complete manifest: an action for each tool, its request, and its secrets", () => {
    const { manifest, findings } = parseManifest(good, { paths: new Set(["worker.yml"]) });
    expect(findings).toEqual([]);
    expect(manifestSchema.parse(manifest)).toEqual(manifest);
    expect(manifest?.exec).toMatchObject({ mode: "http", entry: "worker.yml", secrets: ["NOTES_TOKEN"] });
    expect(manifest?.http?.tools[0]).toMatchObject({
      name: "get-note",
      method: "GET",
      url: "https://api.example.com/v1/notes/{{note-id}}",
      query: [
        ["fields", "all"],
        ["language", "{{lang}}"],
      ],
      response_path: "data.note",
      timeout_seconds: 30,
      retries: { max_attempts: 3, idempotency_key: null },
    });
    expect(manifest?.http?.tools[1]).toMatchObject({ method: "POST", retries: { max_attempts: 1 } });
  });

  it("publishes types, descriptions, defaults and choices of parameters, and takes no others", () => {
    const schemas = parseManifest(good).manifest?.actions?.map((action) => action.input_schema);
    expect(schemas).toMatchObject([
      {
        properties: {
          "note-id": { type: "integer", description: "Its number." },
          lang: { type: "string", enum: ["de", "en"] },
        },
        required: ["note-id"],
        additionalProperties: false,
      },
      { properties: { stars: { type: "integer", default: 3 } }, required: ["text"] },
    ]);
  });

  it.each([
    [
      "a misspelt key of a parameter",
      "type: integer, description",
      "typ: integer, description",
      "unknown_key",
    ],
    ["a placeholder that names nothing", "{{note-id}}", "{{note_idd}}", "unknown_placeholder"],
    ["a placeholder with spaces", "{{note-id}}", "{{ note-id }}", "bad_placeholder"],
    ["an optional parameter in the path", "{{note-id}}", "{{lang}}", "optional_in_path"],
    ["a host that a parameter decides", "{{base_url}}/notes/", "https://{{lang}}.example.com/", "bad_url"],
    ["a secret in the path", "{{note-id}}", "{{secret:A}}", "bad_url"],
    ["two tools of one name", "- name: add", "- name: get-note", "duplicate_name"],
    ["a request of no tool", "tool_name: add", "tool_name: ad", "unknown_tool"],
    ["a body of a reading method", "method: POST", "method: GET", "body_without_method"],
    ["a header that rules the connection", "Authorization:", "Host:", "bad_header"],
    ["the platform's own secret", "secret:NOTES_TOKEN", "secret:FLOOM_TOKEN", "reserved_secret"],
    ["a path that cannot be read", "data.note", "data[", "bad_json_path"],
    ["an entry beside the tools", "{mode: http}", "{mode: http, entry: run.py}", "mixed_worker_kinds"],
    [
      "a variable without a value",
      "base_url: https://api.example.com/v1",
      "base_url: {description: x}",
      "variable_unset",
    ],
  ])("refuses %s, with its place", (_what, from, to, code) => {
    const { manifest, findings } = parseManifest(good.replace(from, to));
    expect(manifest).toBeNull();
    const found = findings.find((finding) => finding.code === code);
    expect(found).toMatchObject({ severity: "error" });
    expect(found?.line).toBeGreaterThan(1);
  });

  it("says what was meant by a misspelt key", () => {
    const { findings } = parseManifest(good.replace("tool_name: add", "toolname: add"));
    expect(findings.map(({ message }) => message).join(" ")).toContain('Did you mean "tool_name"?');
  });

  it.each(["POST", "PUT", "PATCH", "DELETE"])(
    "refuses %s of a worker of tier 1, whatever it says of access",
    (method) => {
      for (const access of ["read", "write"]) {
        const source = good
          .replace("access: write", `access: ${access}`)
          .replace("method: POST", `method: ${method}`);
        expect(codesOf(`${source}runtime: {trust_tier: 1}\n`)).toContainEqual(
          expect.stringMatching(/^error tier_forbids/),
        );
      }
    },
  );

  it.each(["post", "Post", "P\\u004fST ", '"POST "'])(
    "knows no other spelling of a method, as %s",
    (method) => {
      expect(parseManifest(good.replace("method: POST", `method: ${method}`)).manifest).toBeNull();
    },
  );

  it("lets DELETE be sent from tier 3 on", () => {
    const source = good.replace("method: POST", "method: DELETE");
    expect(codesOf(source)).toContainEqual(expect.stringMatching(/^error tier_forbids/));
    expect(parseManifest(`${source}runtime: {trust_tier: 3}\n`).findings).toEqual([]);
  });
});

const agent = `agent:
  name: git_forge
  version: "1.0.0"
  description: Repositories.
  model: {provider: none, temperature: 0.3}
  consumes: [{uri: "http://127.0.0.1:1"}]
  exposes:
    - name: list-issues
      description: Issues of a repository.
      access: read
      parameters:
        page: {type: int, required: false, default: 1}
        owner: {type: str, required: true, enum: null}
      returns: {type: string}
  http_bridge:
    - tool_name: list-issues
      method: GET
      url: "https://api.example.com/repos/{{owner}}/issues"
      headers: {Authorization: "token {{secret:git-token}}"}
      query_params: {page: page}
      response_path: data.the-items
  runtime: {sandbox: docker, trust_tier: "1", max_execution_time: 2m, env: {}}
  triggers: [{type: on_demand}]
  escalation_rules: [{name: big, param_gt: {page: 5}}]
`;

describe("a file of the older format", () => {
  it("is read as the worker it stands for, and what has no effect is said", () => {
    const { manifest, findings } = parseManifest(agent);
    expect(findings.filter(({ severity }) => severity === "error")).toEqual([]);
    expect(manifestSchema.parse(manifest)).toEqual(manifest);
    expect(manifest).toMatchObject({
      name: "git-forge",
      title: "git_forge",
      exec: { mode: "http", secrets: ["GIT_TOKEN"] },
      runtime: { trust_tier: 1 },
      triggers: [{ type: "manual" }],
      escalation_rules: [{ name: "big", param_gt: { page: 5 } }],
    });
    expect(manifest?.http?.tools[0]).toMatchObject({
      timeout_seconds: 120,
      response_path: 'data."the-items"',
      headers: [["Authorization", "token {{secret:GIT_TOKEN}}"]],
    });
    const told = findings.map(({ message }) => message).join(" ");
    for (const word of ["agent.model", "agent.consumes", "runtime.sandbox", "runtime.env"])
      expect(told).toContain(word);
  });

  it.each([
    ["undeclared placeholders", "{{owner}}", "{{ownr}}", "unknown_placeholder"],
    ["a writing method of tier 1", "method: GET", "method: post", "tier_forbids"],
    ["a schedule without a time", "on_demand", "cron", "missing_key"],
    ["a request of no tool", "tool_name: list-issues", "tool_name: issues", "unknown_tool"],
    ["a tier there is not", 'trust_tier: "1"', 'trust_tier: "5"', "wrong_type"],
  ])("finds %s, which that format let pass", (_what, from, to, code) => {
    const { manifest, findings } = parseManifest(agent.replace(from, to));
    expect(manifest).toBeNull();
    expect(findings).toContainEqual(expect.objectContaining({ severity: "error", code }));
  });

  it("starts its one tool by its schedule", () => {
    const source = agent
      .replace("{type: on_demand}", '{type: cron, schedule: "0 9 * * 1-5"}')
      .replace("owner: {type: str, required: true", "owner: {type: str, default: ada");
    expect(parseManifest(source).manifest?.triggers).toMatchObject([
      { type: "schedule", cron: "0 9 * * 1-5", timezone: "UTC" },
    ]);
  });
});
