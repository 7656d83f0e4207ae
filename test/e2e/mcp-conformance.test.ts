import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { text } from "node:stream/consumers";
import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { afterAll, beforeAll, expect, inject, it } from "vitest";
import * as z from "zod";
import { openBearerProxy } from "../support/bearer-proxy.ts";
import type { BearerProxy } from "../support/bearer-proxy.ts";
import { leftOut } from "../support/mcp-left-out.ts";
import { verifies } from "../verifies.ts";

// The protocol's own suite against /mcp as clients meet it, a worker's functions being the tools that it calls.

const program = resolve(import.meta.dirname, "../../node_modules/.bin/conformance");
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

/** Asks a person before it acts, and leaves the answer to the client's form. */
const confirming = {
  worker_yml: `schema_version: "0.3"
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
  run_py: `import json
inputs = json.load(open("inputs.json"))
json.dump({"status": "success", "outputs": {"deleted": inputs["decision"] == "approved"}}, open("result.json", "w"))
`,
};

/** What the suite must find to be in order, era by era; `mcp-left-out.ts` says why the rest is not judged. */
const judged = {
  "2025-11-25": [
    "dns-rebinding-protection",
    "ping",
    "server-initialize",
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

const checksSchema = z.array(
  z.object({ id: z.string(), status: z.string(), errorMessage: z.string().default("") }),
);
type Check = z.output<typeof checksSchema>[number] & { scenario: string };

let dir: string;
let proxy: BearerProxy;

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), "floom-mcp-suite-"));
  const client = new Client({ name: "a-test", version: "1.0.0" });
  const requestInit = { headers: { authorization: `Bearer ${floom.token}` } };
  await client.connect(new StreamableHTTPClientTransport(new URL("/mcp", floom.url), { requestInit }));
  await client.callTool({ name: "worker_deploy", arguments: { code, name: "mcp-suite" } });
  await client.callTool({ name: "worker_deploy", arguments: confirming });
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

/** Runs all that a revision of the protocol asks of a server; answers every check with its scenario. */
async function runSuite(revision: string): Promise<Check[]> {
  const out = join(dir, revision);
  const args = ["server", "--url", `${proxy.origin}/mcp`, "--requirements", revision, "-o", out];
  const suite = spawn(program, args, { stdio: ["ignore", "pipe", "inherit"] });
  const said = text(suite.stdout);
  await once(suite, "exit");
  expect(await said).toContain("=== SUMMARY ===");
  return readdirSync(out).flatMap((name) => {
    const scenario = name.replace(/^server-/, "").replace(/-\d{4}-\d\d-\d\dT[\d-]+Z$/, "");
    const checks = checksSchema.parse(JSON.parse(readFileSync(join(out, name, "checks.json"), "utf8")));
    return checks.map((check) => ({ ...check, scenario }));
  });
}

const unjudged = new Set(leftOut.flatMap(({ names }) => names));
const isUnjudged = ({ scenario, id }: Check) =>
  id !== "wire-schema-valid" && (unjudged.has(scenario) || unjudged.has(`${scenario}/${id}`));
const isFault = ({ status }: Check) => status === "FAILURE" || status === "WARNING" || status === "SKIPPED";

it.each(["2025-11-25", "2026-07-28"] as const)(
  "the protocol's own suite finds no fault with /mcp in what %s asks of such a server",
  async (revision) => {
    verifies("conformance:mcp:server");
    const checks = await runSuite(revision);
    const faults = checks.filter((check) => isFault(check) && !isUnjudged(check));
    expect(faults).toEqual([]);
    const shown = checks.filter(({ id, status }) => id !== "wire-schema-valid" && status === "SUCCESS");
    const scenarios = new Set(shown.map(({ scenario }) => scenario));
    expect([...scenarios].filter((name) => !unjudged.has(name)).toSorted()).toEqual(judged[revision]);
  },
);
