import { env } from "cloudflare:test";
import { expect, it } from "vitest";
import { sha256Hex } from "../../platform/crypto.ts";
import { verifies } from "../../../test/verifies.ts";
import type { JournalEntry } from "#contract/runner/runner";
import type { Executor } from "../ports/executor.ts";
import { toJournal } from "../../../test/support/workerd/fake-driver.ts";
import {
  buildTestSpec,
  logEntry,
  resultEntry,
  start,
  withEngine,
} from "../../../test/support/workerd/engine-harness.ts";

it("a run is launched once, reports, and ends on the record", async () => {
  await withEngine(async (h) => {
    const spec = buildTestSpec();
    await h.engine.accept(spec, true);
    expect(h.engine.view()?.detail.status).toBe("running");
    await h.post([logEntry("one\ntwo"), resultEntry({ outputs: { greeting: "Hello, Ada" } })]);
    const view = h.engine.view();
    expect(view?.detail).toMatchObject({
      status: "completed",
      outputs: { greeting: "Hello, Ada" },
      why_waiting: null,
    });
    expect(h.driver.launches).toHaveLength(1);
    expect(h.driver.killed).toEqual([`sbx-${spec.run_id}-1`]);
    expect(h.released).toEqual([spec.run_id]);
    expect(h.projected.at(-1)?.status).toBe("completed");
    // What is small stays with the run, and is written nowhere else.
    expect(await env.FILES.get(`runs/${spec.run_id}/events.ndjson`)).toBeNull();
    expect(h.wakesLetGo).toBe(1);
    expect(h.broadcast.at(-1)?.type).toBe("close");
  });
});

it("a short run writes at most five rows of its own", async () => {
  verifies("run:budget:rows");
  await withEngine(async (h) => {
    await h.engine.accept(buildTestSpec(), true);
    await h.post([logEntry("hello"), resultEntry()]);
    expect(h.engine.view()?.detail.status).toBe("completed");
    expect(h.meter.rows).toBeLessThanOrEqual(4);
    expect(new Set(h.wakes).size).toBe(1);
  });
});

it("a run that is watched writes a row for each time that its script says something, and none while it is silent", async () => {
  verifies("run:budget:watched");
  await withEngine(async (h) => {
    h.watchers = 1;
    await h.engine.accept(buildTestSpec(), true);
    const before = h.meter.rows;
    for (let line = 0; line < 10; line++) {
      await h.post([logEntry(`line ${line}`)]);
      await h.post([]);
    }
    expect(h.meter.rows - before).toBe(10);
  });
});

it("a journal posted twice, overlapping and with a gap is taken once and in order", async () => {
  verifies("run:journal:exactly-once");
  await withEngine(async (h) => {
    await h.engine.accept(buildTestSpec(), true);
    await h.post([logEntry("one"), logEntry("two")]);
    await h.post([logEntry("one"), logEntry("two"), logEntry("three")], { offset: 0 });
    await h.post([logEntry("lost")], { offset: 100_000 });
    await h.post([logEntry("one"), logEntry("two"), logEntry("three"), logEntry("four")], { offset: 0 });
    const lines = h.engine.eventsAfter(0, 1000)?.events.flatMap((e) => (e.type === "log" ? [e.message] : []));
    expect(lines).toEqual(["one", "two", "three", "four"]);
    const numbers = h.engine.eventsAfter(0, 1000)?.events.map((e) => e.seq) ?? [];
    expect(new Set(numbers).size).toBe(numbers.length);
  });
});

it("an eviction between any two steps changes nothing", async () => {
  await withEngine(async (h) => {
    await h.engine.accept(buildTestSpec(), true);
    h.evict();
    await h.post([logEntry("one")]);
    h.evict();
    await h.post([logEntry("two"), resultEntry()]);
    h.evict();
    expect(h.engine.view()?.detail).toMatchObject({ status: "completed", attempt: 1 });
    await h.engine.dispatch({ type: "woke" });
    expect(h.driver.launches).toHaveLength(1);
  });
});

it("an object that went away while it launched looks for its sandbox before it asks for another", async () => {
  await withEngine(async (h) => {
    h.driver.launchAnswers.push({
      kind: "refused",
      code: "e2b_sandbox_error",
      message: "away",
      retryAfterMs: null,
    });
    await h.engine.accept(buildTestSpec(), true);
    expect(h.engine.view()?.detail.why_waiting).toContain("away");
    h.evict();
    h.clock.now += 5000;
    await h.engine.dispatch({ type: "woke" });
    expect(h.driver.launches.map((launch) => launch.recover)).toEqual([false, true]);
    expect(h.engine.view()?.detail.status).toBe("running");
  });
});

it("a runner that cannot post is read by the watchdog", async () => {
  verifies("run:watchdog:pull");
  await withEngine(async (h) => {
    await h.engine.accept(buildTestSpec(), true);
    h.driver.journal = toJournal([logEntry("from the sandbox"), resultEntry({ outputs: { a: 1 } })]);
    h.clock.now += 31_000;
    await h.engine.dispatch({ type: "woke" });
    await expect.poll(() => h.engine.view()?.detail.status).toBe("completed");
    expect(h.engine.view()?.detail.outputs).toEqual({ a: 1 });
  });
});

it("a lost sandbox costs the platform an attempt, and the third loss ends the run as ours", async () => {
  verifies("run:failure:platform-budget");
  await withEngine(async (h) => {
    await h.engine.accept(buildTestSpec(), true);
    h.driver.reach = "gone";
    for (const attempt of [1, 2, 3]) {
      expect(h.engine.view()?.detail.attempt).toBe(attempt);
      h.clock.now += 31_000;
      await h.engine.dispatch({ type: "woke" });
    }
    expect(h.engine.view()?.detail).toMatchObject({ status: "failed", error_code: "e2b_sandbox_error" });
    expect(h.engine.view()?.detail.failure?.kind).toBe("platform");
  });
});

it("a provider that is out of reach is not a lost sandbox", async () => {
  await withEngine(async (h) => {
    await h.engine.accept(buildTestSpec(), true);
    h.driver.reach = "unavailable";
    for (let i = 0; i < 5; i++) {
      h.clock.now += 31_000;
      await h.engine.dispatch({ type: "woke" });
    }
    expect(h.engine.view()?.detail).toMatchObject({ status: "running", attempt: 1 });
  });
});

it("one look that finds no runner ends nothing when the next one finds it, its result, or nobody to ask", async () => {
  verifies("run:verdict:owner-alone-says-gone");
  const began: JournalEntry = { type: "phase", at: start, phase: "run" };
  const journal = toJournal([began]);
  for (const second of ["alive", "unavailable", "ended"] as const) {
    await withEngine(async (h) => {
      await h.engine.accept(buildTestSpec(), true);
      h.driver.journal = journal;
      const read: Executor["readJournal"] = h.driver.readJournal.bind(h.driver);
      let looks = 0;
      h.driver.readJournal = async (...asked) => {
        looks += 1;
        if (looks === 1) return { kind: "read", bytes: journal, runnerAlive: false };
        if (second === "unavailable") return { kind: "unavailable" };
        if (second === "ended") h.driver.journal = toJournal([began, resultEntry()]);
        return read(...asked);
      };
      h.clock.now += 31_000;
      await h.engine.dispatch({ type: "woke" });
      const status = second === "ended" ? "completed" : "running";
      await expect.poll(() => h.engine.view()?.detail.status).toBe(status);
      expect(h.engine.view()?.detail.attempt, second).toBe(1);
      expect(h.driver.launches, second).toHaveLength(1);
    });
  }
});

it("cancelling works while launching, while running, and changes nothing afterwards", async () => {
  verifies("run:cancel:every-state");
  await withEngine(async (h) => {
    await h.engine.accept(buildTestSpec(), false);
    await h.engine.dispatch({ type: "cancel" });
    expect(h.engine.view()?.detail).toMatchObject({ status: "cancelled", error_code: "cancelled_queued" });
    await h.engine.dispatch({ type: "go" });
    expect(h.driver.launches).toHaveLength(0);
  });
  await withEngine(async (h) => {
    const spec = buildTestSpec();
    await h.engine.accept(spec, true);
    await h.engine.dispatch({ type: "cancel" });
    await h.post([resultEntry()]);
    expect(h.engine.view()?.detail).toMatchObject({ status: "cancelled", error_code: "user_cancel" });
    expect(h.driver.killed).toEqual([`sbx-${spec.run_id}-1`]);
  });
});

it("a script that outlived its time while nobody could look ends as a timeout, one that ended in time does not", async () => {
  await withEngine(async (h) => {
    await h.engine.accept(buildTestSpec(), true);
    h.clock.now = start + 3_600_000;
    await h.engine.dispatch({ type: "woke" });
    expect(h.engine.view()?.detail).toMatchObject({ status: "failed", error_code: "timeout" });
  });
});

it("files the runner could not upload are fetched from the sandbox", async () => {
  await withEngine(async (h) => {
    const outputs = [
      {
        name: "report",
        kind: "file" as const,
        type: "file",
        label: "Report",
        required: true,
        path: "out/report.md",
      },
    ];
    const spec = buildTestSpec({ outputs });
    await h.engine.accept(spec, true);
    h.driver.files.set("out/report.md", "# Report");
    const file = {
      type: "file" as const,
      at: start,
      kind: "output" as const,
      name: "report",
      path: "out/report.md",
    };
    await h.post([
      { ...file, media_type: "text/markdown", size_bytes: 8, sha256: await sha256Hex("# Report") },
      resultEntry({ outputs: { report: "out/report.md" } }),
    ]);
    await expect.poll(() => h.engine.view()?.detail.status).toBe("completed");
    expect(h.engine.view()?.detail.artifacts).toMatchObject([{ path: "out/report.md", size_bytes: 8 }]);
  });
});

it("a required output that is missing fails the run and names it", async () => {
  await withEngine(async (h) => {
    const outputs = [
      { name: "greeting", kind: "scalar" as const, type: "string", label: "Greeting", required: true },
    ];
    await h.engine.accept(buildTestSpec({ outputs }), true);
    await h.post([resultEntry({ outputs: {} })]);
    expect(h.engine.view()?.detail).toMatchObject({
      status: "failed",
      error_code: "output_validation_failed",
    });
    expect(h.engine.view()?.detail.error).toContain("greeting");
  });
});

it("a run that its queue hands over again takes up at once what it had left undone", async () => {
  await withEngine(async (h) => {
    const spec = buildTestSpec();
    h.driver.launchAnswers.push({
      kind: "refused",
      code: "e2b_sandbox_error",
      message: "away",
      retryAfterMs: 0,
    });
    await h.engine.accept(spec, true);
    h.evict();
    await h.engine.accept(spec, true);
    expect(h.driver.launches.map((launch) => launch.recover)).toEqual([false, true]);
    expect(h.engine.view()?.detail).toMatchObject({ status: "running", attempt: 1 });
  });
});

it("a sandbox whose id was never noted does not outlive its run", async () => {
  await withEngine(async (h) => {
    const spec = buildTestSpec();
    h.driver.launchAnswers.push({
      kind: "refused",
      code: "e2b_sandbox_error",
      message: "away",
      retryAfterMs: null,
    });
    await h.engine.accept(spec, true);
    await h.post([resultEntry()]);
    expect(h.engine.view()?.detail.status).toBe("completed");
    expect(h.driver.killed).toEqual([`attempt 1 of ${spec.run_id}`]);
  });
});

it("a run whose object hears of it late has waited since its queue took it", async () => {
  verifies("queue:ttl:pause-stands-still");
  await withEngine(async (h) => {
    const spec = buildTestSpec({ created_at: h.clock.now, queue_ttl_seconds: 600 });
    h.clock.now += 60_000;
    await h.engine.accept(spec, false);
    expect(h.engine.wakeAt()).toBe(spec.created_at + 600_000);
  });
});
