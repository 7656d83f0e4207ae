import { createHash } from "node:crypto";
import { env, runInDurableObject } from "cloudflare:test";
import { expect, it } from "vitest";
import type { JournalEntry } from "#contract/runner/runner";
import { createFakeExecutor, toJournal } from "../../test/support/workerd/fake-driver.ts";
import type { FakeExecutor } from "../../test/support/workerd/fake-driver.ts";
import { logEntry, resultEntry, start } from "../../test/support/workerd/engine-harness.ts";
import { fillWith } from "../../test/support/fill-with.ts";
import { verifies } from "../../test/verifies.ts";
import { createFiles } from "../platform/files.ts";
import { readBuildJournal } from "./read-build.ts";
import { newId } from "../platform/ids.ts";
import type { BuildWaiter, DependencyOrder } from "../runs/ports/dependency-builds.ts";
import type { RoomClaim, RoomVerdict } from "../runs/ports/room.ts";
import { BuildEngine } from "./build-engine.ts";

const files = createFiles(env.FILES);
const digest = "d".repeat(64);
const bytes = (text: string) => new Uint8Array(new TextEncoder().encode(text));
const archive = bytes("an archive");
const sha256 = createHash("sha256").update(archive).digest("hex");

const built: JournalEntry[] = [
  logEntry("Installing"),
  {
    type: "file",
    at: start,
    kind: "artifact",
    name: "dependencies",
    path: "dependencies.tar.gz",
    media_type: "application/gzip",
    size_bytes: archive.byteLength,
    sha256,
  },
  resultEntry({ outputs: null }),
];

/** Nobody asks for a template here. */
const noTemplates = { begin: () => Promise.reject(new Error()), look: () => Promise.reject(new Error()) };

interface Harness {
  engine: BuildEngine;
  driver: FakeExecutor;
  order: DependencyOrder;
  clock: { now: number };
  wakes: number[];
  told: { waiter: BuildWaiter; lines: readonly string[] }[];
  released: string[];
  claims: RoomClaim[];
  roomAnswers: RoomVerdict[];
  ask: (run: string, since?: number) => ReturnType<BuildEngine["ask"]>;
  /** The alarm, so many milliseconds later. */
  wake: (laterMs?: number) => Promise<void>;
  evict: () => void;
}

/** A build of a worker of its own inside a fresh object, with a clock and a provider held by the test. */
async function withBuild(body: (harness: Harness) => Promise<void>): Promise<void> {
  await files.putBundle(digest, fillWith("zip"), { installs: true });
  const stub = env.BUILD_OBJECT.get(env.BUILD_OBJECT.newUniqueId());
  await runInDurableObject(stub, async (_instance, state) => {
    const driver = createFakeExecutor();
    const clock = { now: start };
    const open = () =>
      new BuildEngine({
        storage: state.storage.kv,
        files,
        executor: driver,
        templates: noTemplates,
        clock: () => clock.now,
        armWake: (at) => void harness.wakes.push(at),
        tell: async (waiter, lines) => void harness.told.push({ waiter, lines }),
        room: {
          ask: async (claim) => {
            harness.claims.push(claim);
            return harness.roomAnswers.shift() ?? { kind: "granted" };
          },
          turnedAway: async () => ({ kind: "wait", reason: "full", retry_after_ms: null }),
          keep: async () => false,
          giveBack: async (buildId) => harness.released.push(buildId),
        },
      });
    const order: DependencyOrder = {
      kind: "dependencies",
      workspace_id: newId("wsp", start),
      worker_id: newId("wrk", start),
      bundle_digest: digest,
      install_timeout_seconds: 180,
      sandbox_template: null,
    };
    const harness: Harness = {
      engine: undefined as unknown as BuildEngine,
      driver,
      order,
      clock,
      wakes: [],
      told: [],
      released: [],
      claims: [],
      roomAnswers: [],
      ask: (run_id, since = clock.now) => harness.engine.ask(order, { run_id, attempt: 1, since }),
      async wake(laterMs = 400) {
        clock.now += laterMs;
        await harness.engine.wake();
      },
      evict: () => void (harness.engine = open()),
    };
    harness.evict();
    await body(harness);
  });
}

const placeOf = ({ worker_id, bundle_digest }: DependencyOrder) => ({
  workerId: worker_id,
  bundleDigest: bundle_digest,
});

it("two runs that start at once have one build made, and both are told of its end", async () => {
  verifies("runner:dependencies:built-once");
  await withBuild(async (h) => {
    expect(await Promise.all([h.ask("run_1"), h.ask("run_2")])).toEqual([
      { kind: "pending" },
      { kind: "pending" },
    ]);
    await h.wake();
    expect(h.driver.builds).toHaveLength(1);
    h.driver.journal = toJournal(built);
    h.driver.built = archive;
    await h.wake();
    expect(h.told.map(({ waiter }) => waiter.run_id)).toEqual(["run_1", "run_2"]);
    expect(h.told[0]?.lines).toEqual([JSON.stringify(logEntry("Installing"))]);
    expect(await files.findDependencies(placeOf(h.order))).toEqual({ sha256, empty: false });
    expect(await (await files.getDependencies(placeOf(h.order)))?.text()).toBe("an archive");
    expect(h.driver.killed).toEqual([`sbx-build-${h.driver.builds[0]?.attempt ?? 0}`]);
    expect(h.released).toEqual([h.driver.builds[0]?.buildId]);
  });
});

it("what was built first is built again once its archive is lost", async () => {
  verifies("runner:install:pinned");
  await withBuild(async (h) => {
    const [log, file, result] = built;
    const told = { ...(file as JournalEntry & { type: "file" }), pins: ["shout==1.0", "a-b==2.0.post1+cpu"] };
    await h.ask("run_1");
    expect(h.driver.builds[0]?.config).not.toHaveProperty("pins");
    h.driver.journal = toJournal([log, told, result].filter((entry) => entry !== undefined));
    h.driver.built = archive;
    await h.wake();
    const place = placeOf(h.order);
    expect(await files.getPins(place)).toEqual(told.pins);
    await files.putPins(place, ["shout==9.9"]);
    await env.FILES.delete(`dependencies/${place.workerId}/${place.bundleDigest}/built.tar.gz`);
    await h.ask("run_2", h.clock.now + 1);
    await h.wake();
    expect(h.driver.builds[1]?.config).toMatchObject({ pins: told.pins });
    await files.deleteDependencies(place);
    expect(await files.getPins(place)).toEqual([]);
  });
});

it("a journal that names no versions, or other words than versions, pins nothing", async () => {
  for (const pins of [["--index-url=x"], ["a==1\n-r x"], ["a"], "a==1", Array(1001).fill("a==1")]) {
    const line = JSON.stringify({ ...built[1], pins });
    const { look } = readBuildJournal(`${line}\n${JSON.stringify(built[2])}\n`);
    expect(look).toMatchObject({ kind: "done", archive: { sha256 } });
    expect(look?.kind === "done" ? look.archive : null).not.toHaveProperty("pins");
  }
});

it("the sandbox of a build is given the bundle and the order to install, and nothing of a run", async () => {
  verifies("runner:dependencies:built-apart");
  await withBuild(async (h) => {
    await h.ask("run_secret");
    const [{ config, ...request } = { config: null }] = h.driver.builds;
    expect(Object.keys(config ?? {}).sort()).toEqual([
      "archive_path",
      "attempt",
      "bundle_path",
      "install_timeout_seconds",
      "limits",
      "mode",
      "work_dir",
    ]);
    expect(JSON.stringify({ config, request })).not.toMatch(/run_secret|token|wrt_|api_url|http/);
  });
});

it("an archive that is not what the build had packed is never kept", async () => {
  verifies("runner:dependencies:no-poison");
  await withBuild(async (h) => {
    await h.ask("run_1");
    h.driver.journal = toJournal(built);
    h.driver.built = bytes("an ARCHIVE");
    await h.wake();
    expect(await files.findDependencies(placeOf(h.order))).toBeNull();
    h.driver.built = archive;
    await h.wake(5000);
    expect(await files.findDependencies(placeOf(h.order))).toMatchObject({ sha256 });
  });
});

it("what is kept is never replaced, by a later build or by bytes that come later", async () => {
  verifies("runner:dependencies:no-poison");
  await withBuild(async (h) => {
    const place = placeOf(h.order);
    await files.putDependencies(place, archive, { sha256, empty: false });
    const other = bytes("other");
    const facts = { sha256: createHash("sha256").update(other).digest("hex"), empty: false };
    await files.putDependencies(place, other, facts);
    await h.ask("run_1");
    h.driver.journal = toJournal([
      ...built.slice(0, 1),
      { ...built[1], ...facts } as JournalEntry,
      resultEntry(),
    ]);
    h.driver.built = other;
    await h.wake();
    expect(h.told).toHaveLength(1);
    expect(await (await files.getDependencies(place))?.text()).toBe("an archive");
  });
});

it("a build that failed is told with its lines and its result, keeps nothing, and is made anew for a later run", async () => {
  verifies("runner:install:failed");
  await withBuild(async (h) => {
    await h.ask("run_1");
    const failure = resultEntry({
      outcome: "failure",
      error_code: "install_failed",
      error: "no such package",
    });
    h.driver.journal = toJournal([logEntry("ERROR: no such package"), failure]);
    await h.wake();
    expect(h.told[0]?.lines.at(-1)).toContain("no such package");
    expect(await files.findDependencies(placeOf(h.order))).toBeNull();
    expect(await h.ask("run_2", start)).toMatchObject({ kind: "ended" });
    h.driver.journal = new Uint8Array();
    expect(await h.ask("run_3", h.clock.now + 1)).toEqual({ kind: "pending" });
    expect(h.driver.builds).toHaveLength(2);
  });
});

it("dependencies that are too large to keep are noted as such, so that they are built once all the same", async () => {
  await withBuild(async (h) => {
    await h.ask("run_1");
    h.driver.journal = toJournal([logEntry("too large"), resultEntry({ outputs: null })]);
    await h.wake();
    expect(await files.findDependencies(placeOf(h.order))).toMatchObject({ empty: true });
  });
});

it("a build goes on where it was when its object went away, in every phase, and tells who asks again", async () => {
  await withBuild(async (h) => {
    h.roomAnswers.push({ kind: "wait", reason: "full", retry_after_ms: 2000 });
    expect(await h.ask("run_1")).toMatchObject({ kind: "refused", message: "full", waits: true });
    h.evict();
    await h.wake(2000);
    h.evict();
    expect(h.driver.builds.map(({ recover }) => recover)).toEqual([true]);
    h.driver.reach = "unavailable";
    await h.wake();
    h.driver.reach = "read";
    h.driver.journal = toJournal(built);
    await h.wake();
    expect(await files.findDependencies(placeOf(h.order))).toBeNull();
    h.evict();
    h.driver.built = archive;
    await h.wake();
    expect(h.driver.builds).toHaveLength(2);
    await h.wake();
    expect(h.told).toEqual([]);
    h.evict();
    expect(await h.ask("run_1", start)).toMatchObject({ kind: "ended" });
    h.wakes.length = 0;
    await h.wake(600_000);
    expect(h.wakes).toEqual([]);
  });
});
