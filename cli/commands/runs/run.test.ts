import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { buildFailure } from "#contract/runs/run-failure";
import { runDetailSchema, startRunRequestSchema } from "#contract/runs/run";
import type { RunEvent } from "#contract/runs/run-event";
import { callCli } from "../../../test/support/cli-host.ts";
import { FakeProblem, startFakeEdge, writeEvents } from "../../../test/support/fake-edge.ts";
import type { FakeEdge, FakeHandler } from "../../../test/support/fake-edge.ts";
import {
  sampleArtifactId,
  sampleEvents,
  sampleField,
  sampleRun,
  sampleRunId,
  sampleWorkerDetail,
} from "../../../test/support/sample-records.ts";
import { verifies } from "../../../test/verifies.ts";

let dir: string;
let edge: FakeEdge | undefined;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "floom-cli-"));
});
afterEach(async () => {
  await edge?.close();
  await rm(dir, { recursive: true });
});

/** An edge on which a run starts, goes its way and completes. */
async function openEdge(change: Parameters<typeof startFakeEdge>[0] = {}): Promise<FakeEdge> {
  edge = await startFakeEdge({
    startRun: () => sampleRun({ status: "queued", outputs: {} }),
    streamRunEvents: ({ response }) => writeEvents(response, sampleEvents()),
    getRun: () => sampleRun(),
    getWorker: () => sampleWorkerDetail(),
    ...change,
  });
  return edge;
}

function startedInputs(opened: FakeEdge): unknown {
  const request = opened.requests.find(({ routeId }) => routeId === "startRun");
  return startRunRequestSchema.parse(request?.json()).inputs;
}

describe("floom run", () => {
  it("shows log and progress on standard error and the outputs on standard output", async () => {
    const { exitCode, stdout, stderr } = await callCli(["run", "hello-worker"], { edge: await openEdge() });
    expect(exitCode).toBe(0);
    expect(stdout).toBe("greeting  Hello, Ada!\n");
    expect(stderr).toContain("line one\nline two\na warning\n");
    expect(stderr).toContain("completed after 1.2 s");
  });

  it("shows what an agent says, calls and is answered as lines of the log", async () => {
    verifies("agents:document:told");
    const time = "2026-03-02T09:00:00.000Z";
    const call = { callId: "a", toolName: "read_file" };
    const parts: RunEvent[] = [
      { seq: 3, timestamp: time, type: "step-start", stepNumber: 1 },
      { seq: 4, timestamp: time, type: "text", text: "I look.\nNow." },
      { seq: 5, timestamp: time, type: "tool-call", ...call, args: {}, args_preview: '{"path":"a"}' },
      {
        seq: 6,
        timestamp: time,
        type: "tool-result",
        ...call,
        result: "there",
        result_preview: "there",
        isError: false,
      },
    ];
    const [queued, running, , , , , completed, closed] = sampleEvents();
    const events = [queued, running, ...parts, completed, closed].filter((event) => event !== undefined);
    const { stderr } = await callCli(["run", "hello-worker"], {
      edge: await openEdge({ streamRunEvents: ({ response }) => writeEvents(response, events) }),
    });
    expect(stderr).toContain('I look.\nNow.\n→ read_file {"path":"a"}\n← read_file there\n');
  });

  it("prints the run as one JSON document and nothing else with --json", async () => {
    verifies("cli:run:json-is-one-document");
    const { exitCode, stdout, stderr } = await callCli(["run", "hello-worker", "--json"], {
      edge: await openEdge(),
    });
    expect(exitCode).toBe(0);
    expect(runDetailSchema.parse(JSON.parse(stdout))).toMatchObject({ id: sampleRunId, status: "completed" });
    expect(stderr).toBe("");
  });

  it("prints the run at once with --no-wait --json", async () => {
    verifies("cli:run:no-wait-answers-at-once");
    const opened = await openEdge();
    const { exitCode, stdout } = await callCli(["run", "hello-worker", "--no-wait", "--json"], {
      edge: opened,
    });
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ id: sampleRunId, status: "queued" });
    expect(opened.requests.map(({ routeId }) => routeId)).toEqual(["startRun"]);
  });

  it("sends priority and patience when they are said, and not otherwise", async () => {
    const opened = await openEdge();
    await callCli(["run", "hello-worker", "--no-wait", "--priority", "high", "--ttl", "60"], {
      edge: opened,
    });
    await callCli(["run", "hello-worker", "--no-wait"], { edge: opened });
    const sent = opened.requests.flatMap((request) =>
      request.routeId === "startRun" ? [request.json()] : [],
    );
    expect(sent).toEqual([
      { inputs: {}, trigger_source: "cli", priority: "high", ttl_seconds: 60 },
      { inputs: {}, trigger_source: "cli" },
    ]);
  });

  it("exits 1 with sentence, hint and whose turn it is when the run failed", async () => {
    verifies("cli:exit:codes");
    const failure = buildFailure("execution_error");
    const opened = await openEdge({
      getRun: () => sampleRun({ status: "failed", failure, error: failure.message, outputs: {} }),
    });
    const { exitCode, stderr } = await callCli(["run", "hello-worker"], { edge: opened });
    expect(exitCode).toBe(1);
    expect(stderr).toContain(failure.message);
    expect(stderr).toContain(failure.hint);
    expect(stderr).toContain("the worker's code");
  });

  it("converts inputs by their declared types, and those of the command line win over the file's", async () => {
    const fields = [
      sampleField({ name: "count", type: "integer" }),
      sampleField({ name: "loud", type: "boolean" }),
      sampleField({ name: "tags", type: "json" }),
    ];
    const opened = await openEdge({ getWorker: () => sampleWorkerDetail(fields) });
    await writeFile(join(dir, "inputs.json"), JSON.stringify({ name: "Bob", count: 1, note: "kept" }));
    const words = [
      "-i",
      "count=7",
      "-i",
      "loud=yes",
      "-i",
      'tags=["a"]',
      "-i",
      "name=@@Ada",
      "-i",
      "sum=a=b",
    ];
    await callCli(["run", "hello-worker", "-f", "inputs.json", ...words], { edge: opened, cwd: dir });
    expect(startedInputs(opened)).toEqual({
      name: "@Ada",
      count: 7,
      note: "kept",
      loud: true,
      tags: ["a"],
      sum: "a=b",
    });
  });

  it("uploads the file of a file input and reads the file of any other", async () => {
    verifies("cli:run:inputs-from-files");
    const fields = [sampleField({ name: "table", kind: "file", type: "file", media_type: "text/csv" })];
    const opened = await openEdge({
      getWorker: () => sampleWorkerDetail(fields),
      createUpload: () => ({
        id: "f".repeat(64),
        sha256: "f".repeat(64),
        size: 4,
        media_type: "text/csv",
        filename: "t.csv",
        url: "/api/uploads/f",
      }),
    });
    await writeFile(join(dir, "t.csv"), "a,b\n");
    await callCli(["run", "hello-worker", "-i", "table=@t.csv", "-i", "text=@t.csv"], {
      edge: opened,
      cwd: dir,
    });
    expect(startedInputs(opened)).toEqual({ table: "f".repeat(64), text: "a,b\n" });
    const upload = opened.requests.find(({ routeId }) => routeId === "createUpload");
    expect(upload?.headers["content-type"]).toContain("multipart/form-data");
    expect(upload?.body.toString()).toContain('name="file"; filename="t.csv"');
  });

  it("refuses a missing file and a word without = before anything is started", async () => {
    const opened = await openEdge();
    const missing = await callCli(["run", "hello-worker", "-i", "name=@nowhere.txt"], {
      edge: opened,
      cwd: dir,
    });
    expect(missing).toMatchObject({ exitCode: 2, stderr: expect.stringContaining("nowhere.txt") });
    expect((await callCli(["run", "hello-worker", "-i", "Ada"], { edge: opened })).exitCode).toBe(2);
    expect(opened.requests.some(({ routeId }) => routeId === "startRun")).toBe(false);
  });

  it("goes on after the last event when the connection breaks, and shows every line once", async () => {
    verifies("cli:follow:goes-on-after-the-last-event");
    const events = sampleEvents();
    const seen: (string | string[] | undefined)[] = [];
    const stream: FakeHandler = ({ response, headers }) => {
      seen.push(headers["last-event-id"]);
      const after = Number(headers["last-event-id"] ?? 0);
      if (seen.length === 1) {
        writeEvents(response, events.slice(0, 4));
        setImmediate(() => response.destroy());
      } else if (seen.length === 2) throw new FakeProblem("unavailable", "Restarting.");
      // One event before the asked place: a repeat must change nothing.
      else {
        writeEvents(
          response,
          events.filter(({ seq }) => seq >= after),
        );
      }
    };
    const { exitCode, stderr } = await callCli(["run", "hello-worker"], {
      edge: await openEdge({ streamRunEvents: stream }),
    });
    expect(exitCode).toBe(0);
    expect(seen).toEqual([undefined, "4", "4"]);
    expect(stderr.match(/line one|line two|a warning/g)).toEqual(["line one", "line two", "a warning"]);
  });

  it("sends the start again with the same idempotency key when the server is away", async () => {
    const keys: unknown[] = [];
    const opened = await openEdge({
      startRun: ({ headers }) => {
        keys.push(headers["idempotency-key"]);
        if (keys.length < 3) throw new FakeProblem("unavailable", "Restarting.");
        return sampleRun({ status: "queued" });
      },
    });
    expect((await callCli(["run", "hello-worker", "--json"], { edge: opened })).exitCode).toBe(0);
    expect(keys).toHaveLength(3);
    expect(new Set(keys).size).toBe(1);
  });

  it("says on Ctrl-C that the run goes on and how to cancel it, and exits 130", async () => {
    verifies("cli:run:interrupt-leaves-the-run");
    const interrupt = new AbortController();
    const opened = await openEdge({
      streamRunEvents: ({ response }) => writeEvents(response, sampleEvents().slice(0, 4)),
    });
    const { exitCode, stderr } = await callCli(["run", "hello-worker"], {
      edge: opened,
      interrupt: interrupt.signal,
      onNote: (text) => text.includes("line two") && interrupt.abort(),
    });
    expect(exitCode).toBe(130);
    expect(stderr).toContain(`floom runs cancel ${sampleRunId}`);
    expect(opened.requests.some(({ routeId }) => routeId === "cancelRun")).toBe(false);
  });

  it("exits 6 when the time to wait is over, and prints the run as it is", async () => {
    const opened = await openEdge({
      streamRunEvents: ({ response }) => writeEvents(response, sampleEvents().slice(0, 4)),
      getRun: () => sampleRun({ status: "running", outputs: {} }),
    });
    const argv = ["run", "hello-worker", "--json", "--timeout", "0.05"];
    const { exitCode, stdout, stderr } = await callCli(argv, { edge: opened });
    expect(exitCode).toBe(6);
    expect(JSON.parse(stdout)).toMatchObject({ status: "running" });
    expect(JSON.parse(stderr)).toMatchObject({ code: "wait_timeout" });
  });

  it("saves the run's files, and none outside the folder", async () => {
    const artifact = {
      id: sampleArtifactId,
      run_id: sampleRunId,
      name: "report.md",
      type: "text/markdown",
      kind: "output" as const,
      path: "out/report.md",
      size_bytes: 5,
      sha256: "0".repeat(64),
      created_at: "2026-01-01T00:00:00.000Z",
    };
    let path = "out/report.md";
    const opened = await openEdge({
      getRun: () => sampleRun({ artifacts: [{ ...artifact, relative_path: path }] }),
      downloadArtifact: ({ response }) => void response.end("hello"),
    });
    const argv = ["run", "hello-worker", "-o", "results"];
    expect((await callCli(argv, { edge: opened, cwd: dir })).exitCode).toBe(0);
    expect(await readFile(join(dir, "results", "out", "report.md"), "utf8")).toBe("hello");
    path = "../../evil.md";
    expect((await callCli(argv, { edge: opened, cwd: dir })).exitCode).toBe(5);
  });

  it("keeps a script's control characters away from a terminal", async () => {
    const [first] = sampleEvents();
    const evil = { ...sampleEvents()[3], message: "\u001B[31mred\u001B[0m \u001B]0;title\u0007 \u001B[2J" };
    const opened = await openEdge({
      streamRunEvents: ({ response }) =>
        writeEvents(
          response,
          [first, evil, sampleEvents().at(-1)].filter((event) => event !== undefined) as never,
        ),
    });
    const { stderr } = await callCli(["run", "hello-worker"], {
      edge: opened,
      isTerminal: true,
      env: { CI: "1" },
    });
    expect(stderr).toContain("\u001B[31mred\u001B[0m ?]0;title? ?[2J");
  });
});
