import { createHash } from "node:crypto";
import { env } from "cloudflare:test";
import { expect, it } from "vitest";
import { sandboxPaths } from "#contract/runner/runner";
import {
  buildTestSpec,
  logEntry,
  resultEntry,
  start,
  withEngine,
} from "../../../test/support/workerd/engine-harness.ts";
import type { EngineHarness } from "../../../test/support/workerd/engine-harness.ts";
import { fillWith } from "../../../test/support/fill-with.ts";
import { verifies } from "../../../test/verifies.ts";
import { createFiles } from "../../platform/files.ts";
import type { RunSpec } from "../spec/run-spec.ts";

const files = createFiles(env.FILES);
const withPackages = "e".repeat(64);
const archive = new TextEncoder().encode("an archive");
const EMPTY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
const installed = [JSON.stringify(logEntry("Installed in 2.0 s."))];
const failure = resultEntry({ outcome: "failure", error_code: "install_failed", error: "no such package" });

/** A spec of a version that names packages, of a worker of its own. */
async function buildSpecWithPackages(change: Partial<RunSpec> = {}): Promise<RunSpec> {
  await files.putBundle(withPackages, fillWith("zip"), { installs: true });
  return buildTestSpec({ bundle_digest: withPackages, ...change });
}

async function keep({ worker_id }: RunSpec): Promise<string> {
  const sha256 = createHash("sha256").update(archive).digest("hex");
  const place = { workerId: worker_id, bundleDigest: withPackages };
  await files.putDependencies(place, archive, { sha256, empty: false });
  return sha256;
}

const messages = (h: EngineHarness) =>
  (h.engine.eventsAfter(0, 100)?.events ?? []).flatMap((event) =>
    event.type === "log" ? [event.message] : [],
  );

it("a run of a version without packages asks for none, and writes not a row more than one whose are kept", async () => {
  const rows: number[] = [];
  await withEngine(async (h) => {
    await h.engine.accept(buildTestSpec(), true);
    expect(h.asked).toEqual([]);
    expect(h.driver.launches[0]?.files).toEqual([]);
    expect(h.driver.launches[0]?.config?.dependencies).toBeUndefined();
    rows.push(h.meter.rows);
  });
  await withEngine(async (h) => {
    const spec = await buildSpecWithPackages();
    await keep(spec);
    await h.engine.accept(spec, true);
    expect(h.asked).toEqual([]);
    rows.push(h.meter.rows);
  });
  expect(rows[1]).toBe(rows[0]);
});

it("what is kept for the version lies in the sandbox when the runner starts, with the digest that it must have", async () => {
  verifies("runner:install:cached");
  await withEngine(async (h) => {
    const spec = await buildSpecWithPackages();
    const sha256 = await keep(spec);
    await h.engine.accept(spec, true);
    const [launch] = h.driver.launches;
    expect(launch?.config?.dependencies).toEqual({ path: sandboxPaths.dependencies, sha256 });
    expect(launch?.files.map(({ path }) => path)).toEqual([sandboxPaths.dependencies]);
    expect(await new Response(await launch?.files[0]?.open()).text()).toBe("an archive");
  });
});

it("nothing is handed over of what was too large to keep", async () => {
  await withEngine(async (h) => {
    const spec = await buildSpecWithPackages();
    const place = { workerId: spec.worker_id, bundleDigest: withPackages };
    await files.putDependencies(place, new Uint8Array(), { sha256: EMPTY, empty: true });
    await h.engine.accept(spec, true);
    expect(h.driver.launches[0]?.config?.dependencies).toBeUndefined();
    expect(h.driver.launches[0]?.files).toEqual([]);
  });
});

it("a run whose dependencies are not built yet waits for them without a sandbox, and starts on word of their end", async () => {
  verifies("runner:dependencies:built-once");
  await withEngine(async (h) => {
    const spec = await buildSpecWithPackages();
    await h.engine.accept(spec, true);
    expect(h.asked).toEqual([{ run_id: spec.run_id, attempt: 1, since: start }]);
    expect(h.driver.launches).toEqual([]);
    expect(h.engine.view()?.detail).toMatchObject({ status: "queued" });
    expect(h.engine.view()?.detail.why_waiting).toContain("dependencies of this version are being installed");
    await keep(spec);
    h.clock.now += 3000;
    await h.engine.takeBuild({ attempt: 1, lines: installed });
    expect(h.driver.launches).toHaveLength(1);
    expect(messages(h)).toEqual(["Installed in 2.0 s."]);
    await h.post([logEntry("ran"), resultEntry()]);
    expect(h.engine.view()?.detail).toMatchObject({ status: "completed", attempt: 1 });
    expect(messages(h)).toEqual(["Installed in 2.0 s.", "ran"]);
  });
});

it("a build that fails ends the runs that wait for it as a failed installation, its words in their log", async () => {
  verifies("runner:install:failed");
  await withEngine(async (h) => {
    await h.engine.accept(await buildSpecWithPackages(), true);
    const lines = [logEntry("ERROR: no such package"), failure].map((entry) => JSON.stringify(entry));
    await h.engine.takeBuild({ attempt: 1, lines });
    expect(h.engine.view()?.detail).toMatchObject({
      status: "failed",
      error_code: "install_failed",
      error: "no such package",
    });
    expect(h.engine.view()?.detail.failure?.hint).toContain("Read the installer's lines");
    expect(messages(h)).toEqual(["ERROR: no such package"]);
    expect(h.driver.launches).toEqual([]);
    await h.engine.takeBuild({ attempt: 1, lines });
    expect(messages(h)).toHaveLength(1);
  });
});

it("a failed build counts as the author's retry rule says, and the next attempt has another one made", async () => {
  await withEngine(async (h) => {
    const retry = { max_attempts: 2, delay_ms: 1000, backoff: "fixed", on: ["install_failed"] } as const;
    await h.engine.accept(await buildSpecWithPackages({ retry }), true);
    await h.engine.takeBuild({ attempt: 1, lines: [JSON.stringify(failure)] });
    h.clock.now += 2000;
    await h.engine.dispatch({ type: "woke" });
    expect(h.asked.map(({ attempt, since }) => [attempt, since])).toEqual([
      [1, start],
      [2, start + 2000],
    ]);
    await h.engine.takeBuild({ attempt: 1, lines: [JSON.stringify(failure)] });
    expect(h.engine.view()?.detail).toMatchObject({ status: "queued", attempt: 2 });
  });
});

it("a run that is cancelled while it waits for a build is cancelled at once, and word of the end changes nothing", async () => {
  await withEngine(async (h) => {
    const spec = await buildSpecWithPackages();
    await h.engine.accept(spec, true);
    await h.engine.dispatch({ type: "cancel" });
    expect(h.engine.view()?.detail.status).toBe("cancelled");
    await keep(spec);
    await h.engine.takeBuild({ attempt: 1, lines: installed });
    expect(h.driver.launches).toEqual([]);
    expect(messages(h)).toEqual([]);
  });
});

it("a run to which no word of the end came asks again, and goes on", async () => {
  await withEngine(async (h) => {
    const spec = await buildSpecWithPackages();
    await h.engine.accept(spec, true);
    expect(h.wakes.at(-1)).toBe(start + 60_000);
    h.evict();
    await keep(spec);
    h.clock.now += 60_000;
    await h.engine.dispatch({ type: "woke" });
    expect(h.driver.launches).toHaveLength(1);
  });
  await withEngine(async (h) => {
    const spec = await buildSpecWithPackages();
    h.buildAnswers.push({ kind: "ended", lines: [JSON.stringify(failure)] });
    await h.engine.accept(spec, true);
    expect(h.engine.view()?.detail).toMatchObject({ status: "failed", error_code: "install_failed" });
  });
});

it("where there is no sandbox to build in, the run is told what it would be told of its own", async () => {
  await withEngine(async (h) => {
    h.buildAnswers.push({ kind: "refused", code: "missing_e2b_key", message: "no key", retryAfterMs: null });
    await h.engine.accept(await buildSpecWithPackages(), true);
    expect(h.engine.view()?.detail).toMatchObject({ status: "failed", error_code: "missing_e2b_key" });
  });
  await withEngine(async (h) => {
    const full = { code: "e2b_quota_exhausted", message: "2 of 2", retryAfterMs: 3000, waits: true } as const;
    h.buildAnswers.push({ kind: "refused", ...full });
    await h.engine.accept(await buildSpecWithPackages(), true);
    expect(h.engine.view()?.detail.why_waiting).toBe("Waiting for a sandbox: 2 of 2");
    expect(h.wakes.at(-1)).toBe(start + 3000);
  });
});
