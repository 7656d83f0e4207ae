import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { afterAll, beforeAll, expect, inject, it } from "vitest";
import { openBearerProxy } from "../support/bearer-proxy.ts";
import type { BearerProxy } from "../support/bearer-proxy.ts";
import { leftOut, madeUpNames } from "../support/mcp-left-out.ts";
import { isFault, runSuite } from "../support/mcp-suite.ts";
import type { SuiteCheck } from "../support/mcp-suite.ts";
import { verifies } from "../verifies.ts";

// The protocol's own suite against /mcp as clients meet it, a worker's functions being the tools that it calls.

const floom = inject("floom");

/** A dot. */
const PNG =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==";
/** No sound. */
const WAV = "UklGRiQAAABXQVZFZm10IBAAAAABAAEAQB8AAIA+AAACABAAZGF0YQAAAAA=";

const code = `import base64, json, time
import floom


def greet(name: str) -> str:
    return f"Hello, {name}!"


# A call becomes one that goes on after four seconds; the suite waits ten for its end.
def slow_compute(seconds: int, label: str = "") -> str:
    time.sleep(max(seconds, 6) if seconds > 0 else 0)
    return label


def failing_job() -> str:
    time.sleep(6)
    raise RuntimeError("This job always fails")


def _keep(path: str, content: bytes) -> None:
    with open(path, "wb") as file:
        file.write(content)
    floom.artifact(path)


def simple_text() -> str:
    return "This is a simple text response for testing."


def error_handling() -> str:
    raise RuntimeError("This tool intentionally returns an error for testing")


def tool_with_progress() -> str:
    for percent in (0, 50, 100):
        print(f"{percent} of 100", flush=True)
    return "done"


def image_content() -> str:
    _keep("dot.png", base64.b64decode("${PNG}"))
    return "A dot."


def audio_content() -> str:
    _keep("silence.wav", base64.b64decode("${WAV}"))
    return "Silence."


def embedded_resource() -> str:
    _keep("note.txt", b"This is an embedded resource content.")
    return "A note."


def multiple_content_types() -> str:
    _keep("dot.png", base64.b64decode("${PNG}"))
    _keep("data.json", json.dumps({"test": "data", "value": 123}).encode())
    return "Multiple content types test:"
`;
const functions = Array.from(code.matchAll(/^def ([a-z]\w+)/gm), ([, name = ""]) => name);

/** A skill with a folder of its own in it. */
const skill = [
  {
    path: "worker.yml",
    content: `schema_version: "0.3"\nname: suite-skill\ntitle: T\nversion: 1.0.0\nexec:\n  mode: agent\n  entry: SKILL.md\n`,
  },
  {
    path: "SKILL.md",
    content: "---\nname: suite-skill\ndescription: Is looked at.\n---\n# Skill\n\nSee references/more.md.\n",
  },
  { path: "references/more.md", content: "# More\n" },
];
/** Asks a person before it acts, and leaves the answer to the client's form. */
const confirming = [
  {
    path: "worker.yml",
    content: `schema_version: "0.3"
name: mcp-confirm
title: Asks first
version: "1.0.0"
exec:
  entry: run.py
  command: python run.py
  inputs:
    - { name: filename, type: text }
approvals: { required: true, label: Delete the file, decide_in_client: true }
`,
  },
  {
    path: "run.py",
    content: `import json
inputs = json.load(open("inputs.json"))
json.dump({"status": "success", "outputs": {"deleted": inputs["decision"] == "approved"}}, open("result.json", "w"))
`,
  },
];

/** What the suite must find to be in order, era by era; `mcp-left-out.ts` says why the rest is not judged. */
const judged = {
  "2025-11-25": [
    "dns-rebinding-protection",
    "ping",
    "prompts-list",
    "resources-list",
    "server-initialize",
    "server-sse-multiple-streams",
    "tools-call-audio",
    "tools-call-embedded-resource",
    "tools-call-error",
    "tools-call-image",
    "tools-call-mixed-content",
    "tools-call-simple-text",
    "tools-call-with-progress",
    "tools-list",
  ],
  "2026-07-28": [
    "caching",
    "dns-rebinding-protection",
    "http-header-validation",
    "input-required-result-unsupported-methods",
    "prompts-list",
    "resources-list",
    "sep-2164-resource-not-found",
    "server-sse-multiple-streams",
    "server-stateless",
    "tasks-capability-negotiation",
    "tasks-dispatch-and-envelope",
    "tasks-lifecycle",
    "tasks-mrtr-input",
    "tasks-request-headers",
    "tasks-request-state-removal",
    "tasks-wire-fields",
    "tools-call-audio",
    "tools-call-embedded-resource",
    "tools-call-error",
    "tools-call-image",
    "tools-call-mixed-content",
    "tools-call-simple-text",
    "tools-call-with-progress",
    "tools-list",
  ],
};

let dir: string;
let proxy: BearerProxy;

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), "floom-mcp-suite-"));
  const client = new Client({ name: "a-test", version: "1.0.0" });
  const requestInit = { headers: { authorization: `Bearer ${floom.token}` } };
  await client.connect(new StreamableHTTPClientTransport(new URL("/mcp", floom.url), { requestInit }));
  await client.callTool({ name: "worker_deploy", arguments: { code, name: "mcp-suite" } });
  await client.callTool({ name: "worker_deploy", arguments: { files: skill } });
  await client.callTool({ name: "worker_deploy", arguments: { files: confirming } });
  await client.close();
  // A worker's name has no underscore, and the suite's tools have fixed names.
  const renames = new Map(functions.map((name) => [`test_${name}`, `mcp-suite__${name}`]));
  for (const name of ["greet", "slow_compute", "failing_job"]) renames.set(name, `mcp-suite__${name}`);
  renames.set("confirm_delete", "mcp-confirm");
  proxy = await openBearerProxy({ origin: floom.url, token: floom.token, renames });
});
afterAll(async () => {
  await proxy.close();
  rmSync(dir, { recursive: true });
});

const unjudged = new Set([...leftOut.flatMap(({ names }) => names), ...madeUpNames]);
const isUnjudged = ({ scenario, id }: SuiteCheck) =>
  id !== "wire-schema-valid" && (unjudged.has(scenario) || unjudged.has(`${scenario}/${id}`));

it.each(["2025-11-25", "2026-07-28"] as const)(
  "the protocol's own suite finds no fault with /mcp in what %s asks of such a server",
  async (revision) => {
    verifies("conformance:mcp:server");
    const out = join(dir, revision);
    mkdirSync(out);
    const checks = await runSuite(`${proxy.origin}/mcp`, { revision, out });
    const faults = checks.filter((check) => isFault(check) && !isUnjudged(check));
    expect(faults).toEqual([]);
    const shown = checks.filter(({ id, status }) => id !== "wire-schema-valid" && status === "SUCCESS");
    const scenarios = new Set(shown.map(({ scenario }) => scenario));
    expect([...scenarios].filter((name) => !unjudged.has(name)).toSorted()).toEqual(judged[revision]);
  },
);

it.each(["sep-2640-skills-directory", "sep-2640-skills-enumeration", "sep-2640-skills-manifest"])(
  "the protocol's own suite finds no fault with the skills that /mcp serves: %s",
  async (scenario) => {
    const out = join(dir, scenario);
    mkdirSync(out);
    const checks = await runSuite(`${proxy.origin}/mcp`, { revision: "2026-07-28", scenario, out });
    expect(checks.filter(isFault)).toEqual([]);
    expect(checks.length).toBeGreaterThan(0);
  },
);
