import { env, runInDurableObject } from "cloudflare:test";
import { expect, it } from "vitest";
import { createFakeExecutor } from "../../test/support/workerd/fake-driver.ts";
import { start } from "../../test/support/workerd/engine-harness.ts";
import { verifies } from "../../test/verifies.ts";
import { createFiles } from "../platform/files.ts";
import type { BuildWaiter, TemplateOrder } from "../runs/ports/dependency-builds.ts";
import type { TemplateBegun, TemplateLook } from "../runs/ports/template-builder.ts";
import { BuildEngine } from "./build-engine.ts";

const files = createFiles(env.FILES);
const spec = { apt: [], pip: ["requests"], npm: [], env: {} };

interface Harness {
  engine: BuildEngine;
  order: TemplateOrder;
  clock: { now: number };
  /** Names of the templates that the provider was asked to build. */
  begun: string[];
  /** Answers of the provider; afterwards it builds, and has not finished. */
  answers: TemplateBegun[];
  look: TemplateLook;
  told: { waiter: BuildWaiter; lines: readonly string[] }[];
  ask: (run: string, since?: number) => ReturnType<BuildEngine["ask"]>;
  wake: (laterMs?: number) => Promise<void>;
  evict: () => void;
}

/** The build of a template of its own inside a fresh object, with a clock and a provider held by the test. */
async function withTemplate(body: (harness: Harness) => Promise<void>): Promise<void> {
  const stub = env.BUILD_OBJECT.get(env.BUILD_OBJECT.newUniqueId());
  await runInDurableObject(stub, async (_instance, state) => {
    const order: TemplateOrder = {
      kind: "template",
      template: { name: `floom-${crypto.randomUUID()}`, spec },
    };
    const harness: Harness = {
      engine: undefined as unknown as BuildEngine,
      order,
      clock: { now: start },
      begun: [],
      answers: [],
      look: { kind: "building" },
      told: [],
      ask: (run_id, since = harness.clock.now) => harness.engine.ask(order, { run_id, attempt: 1, since }),
      async wake(laterMs = 400) {
        harness.clock.now += laterMs;
        await harness.engine.wake();
      },
      evict: () => {
        harness.engine = new BuildEngine({
          storage: state.storage.kv,
          files,
          executor: createFakeExecutor(),
          templates: {
            async begin({ name }) {
              harness.begun.push(name);
              return harness.answers.shift() ?? { kind: "begun", buildId: `tpl/${harness.begun.length}` };
            },
            look: async () => harness.look,
          },
          clock: () => harness.clock.now,
          armWake: () => {},
          tell: async (waiter, lines) => void harness.told.push({ waiter, lines }),
          room: {
            ask: () => Promise.reject(new Error("a template's build needs no room of ours")),
            turnedAway: () => Promise.reject(new Error()),
            keep: async () => false,
            giveBack: () => Promise.reject(new Error()),
          },
        });
      },
    };
    harness.evict();
    await body(harness);
  });
}

const textsOf = (lines: readonly string[] = []) => lines.map((line) => JSON.parse(line) as object);

it("runs that want the same template wait for one build, which takes none of their room", async () => {
  verifies("templates:build:once");
  await withTemplate(async (h) => {
    expect(await Promise.all([h.ask("run_1"), h.ask("run_2")])).toEqual([
      { kind: "pending" },
      { kind: "pending" },
    ]);
    await h.wake();
    h.evict();
    await h.ask("run_1", start);
    await h.ask("run_2", start);
    h.look = { kind: "ready", log: ["Successfully installed requests"] };
    await h.wake();
    expect(h.begun).toEqual([h.order.template.name]);
    expect(h.told.map(({ waiter }) => waiter.run_id)).toEqual(["run_1", "run_2"]);
    expect(textsOf(h.told[0]?.lines)).toMatchObject([
      { type: "log", stream: "system", text: "Successfully installed requests" },
    ]);
    expect(await files.findTemplate(h.order.template.name)).toEqual({ lostAt: null });
  });
});

it("a build that failed is told with the builder's last lines, and is made anew for a later run", async () => {
  verifies("templates:build:failure-told");
  await withTemplate(async (h) => {
    await h.ask("run_1");
    h.look = { kind: "failed", log: ["ERROR: No matching distribution"], message: "exit code 1" };
    await h.wake();
    expect(textsOf(h.told[0]?.lines)).toMatchObject([
      { text: "ERROR: No matching distribution" },
      { type: "result", outcome: "failure", error_code: "template_failed", error: "exit code 1" },
    ]);
    expect(await files.findTemplate(h.order.template.name)).toBeNull();
    expect(await h.ask("run_2", h.clock.now + 1)).toEqual({ kind: "pending" });
    expect(h.begun).toHaveLength(2);
  });
});

it("what the provider will never build fails at once; what it cannot begin now is tried again", async () => {
  verifies("templates:build:failure-told");
  await withTemplate(async (h) => {
    h.answers.push({ kind: "failed", message: "no overlays here" });
    const answer = await h.ask("run_1");
    expect(answer).toMatchObject({ kind: "ended" });
    expect(textsOf(answer.kind === "ended" ? answer.lines : [])).toMatchObject([
      { error_code: "template_failed", error: "no overlays here" },
    ]);
  });
  await withTemplate(async (h) => {
    const refusal = {
      kind: "refused",
      code: "e2b_sandbox_error",
      message: "busy",
      retryAfterMs: null,
    } as const;
    h.answers.push(refusal);
    expect(await h.ask("run_1")).toMatchObject(refusal);
    await h.wake(2000);
    expect(await h.ask("run_1", start)).toEqual({ kind: "pending" });
  });
});

it("a build that the provider has lost is begun again, and one that never ends is given up", async () => {
  await withTemplate(async (h) => {
    await h.ask("run_1");
    h.look = { kind: "lost" };
    await h.wake();
    expect(h.begun).toHaveLength(2);
    h.look = { kind: "unavailable" };
    await h.wake();
    expect(h.told).toEqual([]);
    h.look = { kind: "building" };
    await h.wake(2_000_000);
    expect(textsOf(h.told[0]?.lines).at(-1)).toMatchObject({ error_code: "template_failed" });
  });
});

it("of a long log the newest lines are told, within what a run's record takes", async () => {
  await withTemplate(async (h) => {
    await h.ask("run_1");
    const log = Array.from({ length: 5000 }, (_, n) => `${n} ${"x".repeat(200)}`);
    h.look = { kind: "ready", log: [...log, "y".repeat(1e6), "last"] };
    await h.wake();
    const lines = h.told[0]?.lines ?? [];
    expect(lines.join("\n").length).toBeLessThan(256 * 1024);
    expect(textsOf(lines).at(-1)).toMatchObject({ text: "last" });
  });
});
