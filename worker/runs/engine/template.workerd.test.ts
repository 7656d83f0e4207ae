import { env } from "cloudflare:test";
import { expect, it } from "vitest";
import {
  buildTestSpec,
  logEntry,
  resultEntry,
  withEngine,
} from "../../../test/support/workerd/engine-harness.ts";
import { verifies } from "../../../test/verifies.ts";
import { createFiles } from "../../platform/files.ts";
import type { RunSpec } from "../spec/run-spec.ts";

const files = createFiles(env.FILES);

function buildTemplated(): { spec: RunSpec; name: string } {
  const name = `floom-${crypto.randomUUID()}`;
  const template = { name, spec: { apt: [], pip: ["requests"], npm: [], env: {} } };
  return { name, spec: buildTestSpec({ template }) };
}

it("a run whose template was built has its sandbox made of it, and a run without one as ever", async () => {
  verifies("templates:run:made-of-it");
  await withEngine(async (h) => {
    const { spec, name } = buildTemplated();
    await files.noteTemplate(name, { lostAt: null });
    await h.engine.accept(spec, true);
    expect(h.driver.launches.map(({ template }) => template)).toEqual([name]);
    expect(h.asked).toEqual([]);
  });
  await withEngine(async (h) => {
    await h.engine.accept(buildTestSpec(), true);
    expect(h.driver.launches.map(({ template }) => template)).toEqual([null]);
  });
});

it("a run whose template is not built waits without a sandbox, and fails by the builder's words where it cannot be", async () => {
  verifies("templates:build:once", "templates:build:failure-told");
  await withEngine(async (h) => {
    const { spec, name } = buildTemplated();
    await h.engine.accept(spec, true);
    expect(h.driver.launches).toEqual([]);
    expect(h.engine.view()?.detail.why_waiting).toContain("the template of its sandbox is being built");
    await files.noteTemplate(name, { lostAt: null });
    await h.engine.takeBuild({ attempt: 1, lines: [] });
    expect(h.driver.launches).toHaveLength(1);
  });
  await withEngine(async (h) => {
    await h.engine.accept(buildTemplated().spec, true);
    const failure = { outcome: "failure", error_code: "template_failed", error: "exit code 1" } as const;
    const lines = [logEntry("ERROR: No matching distribution"), resultEntry(failure)];
    await h.engine.takeBuild({ attempt: 1, lines: lines.map((entry) => JSON.stringify(entry)) });
    expect(h.engine.view()?.detail).toMatchObject({
      status: "failed",
      error_code: "template_failed",
      error: "exit code 1",
    });
    expect(h.engine.view()?.detail.failure?.hint).toContain("template.yml");
  });
});

it("a template that the provider has no more is built again before the run's next try", async () => {
  verifies("templates:build:lost-again");
  await withEngine(async (h) => {
    const { spec, name } = buildTemplated();
    await files.noteTemplate(name, { lostAt: null });
    const refusal = { kind: "refused", code: "e2b_sandbox_error", message: "404" } as const;
    h.driver.launchAnswers.push({ ...refusal, retryAfterMs: null, lostTemplate: true });
    await h.engine.accept(spec, true);
    const lostAt = h.clock.now;
    expect(await files.findTemplate(name)).toEqual({ lostAt });
    h.clock.now += 2000;
    await h.engine.dispatch({ type: "woke" });
    // What was built before that is no answer.
    expect(h.asked).toEqual([{ run_id: spec.run_id, attempt: 1, since: lostAt + 1 }]);
    expect(h.driver.launches).toHaveLength(1);
    await files.noteTemplate(name, { lostAt: null });
    await h.engine.takeBuild({ attempt: 1, lines: [] });
    expect(h.driver.launches).toHaveLength(2);
  });
});

it("dependencies are installed in a sandbox of the same template, once that is built", async () => {
  await withEngine(async (h) => {
    const bundle = "c".repeat(64);
    await files.putBundle(bundle, async (sink) => new Response("zip").body?.pipeTo(sink), { installs: true });
    const { spec, name } = buildTemplated();
    await h.engine.accept({ ...spec, bundle_digest: bundle }, true);
    expect(h.orders).toMatchObject([{ kind: "template", template: { name } }]);
    await files.noteTemplate(name, { lostAt: null });
    await h.engine.takeBuild({ attempt: 1, lines: [] });
    expect(h.orders.slice(1)).toMatchObject([{ kind: "dependencies", sandbox_template: name }]);
  });
});
