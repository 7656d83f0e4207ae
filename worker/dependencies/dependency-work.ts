import { limits } from "#contract/limits";
import { sandboxPaths } from "#contract/runner/runner";
import type { BuildConfig } from "#contract/runner/runner";
import { sha256Hex } from "../platform/crypto.ts";
import type { DependencyPlace, Files } from "../platform/files.ts";
import type { DependencyOrder } from "../runs/ports/dependency-builds.ts";
import type { Executor, BuildLaunch } from "../runs/ports/executor.ts";
import { launchInRoom } from "../runs/ports/room.ts";
import type { Room } from "../runs/ports/room.ts";
import { buildLifeMs } from "./build-lifecycle.ts";
import type { BuildLook } from "./build-lifecycle.ts";
import type { BuildState } from "./build-state.ts";
import type { BuildWork } from "./build-work.ts";
import { lookAtBuild } from "./read-build.ts";

/** What installing packages touches. */
export interface DependencyWorkDeps {
  files: Files;
  executor: Pick<Executor, "build" | "readJournal" | "openBuilt" | "kill" | "killAttempt">;
  /** Gives out room for sandboxes. */
  room: Room;
}

/** By what the sandbox of a build is found and counted. */
export function dependencyBuildId({ worker_id, bundle_digest }: DependencyOrder): string {
  return `build_${worker_id}_${bundle_digest}`;
}

function placeOf({ worker_id, bundle_digest }: DependencyOrder): DependencyPlace {
  return { workerId: worker_id, bundleDigest: bundle_digest };
}

function buildConfig({ install_timeout_seconds }: DependencyOrder, pins: readonly string[]): BuildConfig {
  const value = (name: keyof typeof limits) => limits[name].value;
  return {
    mode: "build",
    attempt: 1,
    bundle_path: sandboxPaths.bundle,
    work_dir: sandboxPaths.work_dir,
    archive_path: sandboxPaths.dependencies,
    ...(pins.length === 0 ? {} : { pins: [...pins] }),
    install_timeout_seconds,
    limits: {
      log_bytes: value("build_log_bytes") / 2,
      log_tail_bytes: value("build_log_bytes") / 8,
      log_line_bytes: value("log_line_bytes"),
      journal_post_bytes: value("journal_post_bytes"),
      dependencies_bytes: value("dependencies_bytes"),
    },
  };
}

/** Builds a version's dependencies: a sandbox installs them, and the archive that it leaves is kept. */
export class DependencyWork implements BuildWork {
  readonly #deps: DependencyWorkDeps;
  readonly #order: DependencyOrder;
  /** Tries that may have got as far as a sandbox already, perhaps by an object that went away. */
  readonly #tried: Set<number>;

  constructor(deps: DependencyWorkDeps, order: DependencyOrder, tried: Set<number>) {
    this.#deps = deps;
    this.#order = order;
    this.#tried = tried;
  }

  launch(state: BuildState): Promise<BuildLaunch | null> {
    const { workspace_id, worker_id, bundle_digest } = this.#order;
    const claim = {
      run_id: dependencyBuildId(this.#order),
      workspace_id,
      worker_id,
      bundle_digest,
      // All runs of the version may wait for it.
      priority: "high" as const,
      since: state.phase_since,
      lifetime_ms: buildLifeMs(this.#order),
    };
    return launchInRoom(this.#deps.room, claim, () => this.#makeSandbox(state));
  }

  async #makeSandbox({ attempt }: BuildState): Promise<BuildLaunch> {
    const { executor, files } = this.#deps;
    const order = this.#order;
    const recover = this.#tried.has(attempt);
    this.#tried.add(attempt);
    const bundle = await files.getBundle(order.bundle_digest);
    if (bundle === null) throw new Error("the bundle is not in storage");
    let first: ReadableStream | null = bundle.body;
    return executor.build({
      buildId: dependencyBuildId(order),
      workspaceId: order.workspace_id,
      workerId: order.worker_id,
      attempt,
      recover,
      config: buildConfig(order, await files.getPins(placeOf(order))),
      bundle: {
        size: bundle.size,
        open: async () => {
          const body = first ?? (await files.getBundle(order.bundle_digest))?.body;
          first = null;
          if (!body) throw new Error("the bundle is not in storage");
          return body;
        },
      },
      template: order.sandbox_template,
      lifetimeMs: buildLifeMs(order),
    });
  }

  async look({ sandbox_id }: BuildState): Promise<BuildLook | null> {
    return sandbox_id === null ? null : lookAtBuild(this.#deps.executor, sandbox_id);
  }

  /** The archive streams from the sandbox into storage, which refuses it when it is not what the build had packed. */
  async store({ sandbox_id, archive }: BuildState): Promise<"stored" | "gone"> {
    const { files, executor } = this.#deps;
    const place = placeOf(this.#order);
    if ((await files.findDependencies(place)) !== null) return "stored";
    if (archive === null) {
      const nothing = new Uint8Array();
      await files.putDependencies(place, nothing, { sha256: await sha256Hex(nothing), empty: true });
      return "stored";
    }
    if (archive.pins !== undefined && archive.pins.length > 0) await files.putPins(place, archive.pins);
    const read = sandbox_id === null ? null : await executor.openBuilt(sandbox_id);
    if (read?.kind !== "open") return "gone";
    const fixed = new FixedLengthStream(archive.size_bytes);
    const facts = { sha256: archive.sha256, empty: false };
    await Promise.all([
      read.body.pipeTo(fixed.writable),
      files.putDependencies(place, fixed.readable, facts),
    ]);
    return "stored";
  }

  /** What is not reached ends with its own time. */
  async kill({ attempt, sandbox_id }: BuildState): Promise<void> {
    const { executor, room } = this.#deps;
    const buildId = dependencyBuildId(this.#order);
    await (sandbox_id === null ? executor.killAttempt(buildId, attempt) : executor.kill(sandbox_id));
    await room.giveBack(buildId);
  }
}
