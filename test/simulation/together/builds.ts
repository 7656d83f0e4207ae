import type {
  BuildAnswer,
  BuildOrder,
  BuildWaiter,
  DependencyOrder,
} from "../../../worker/runs/ports/dependency-builds.ts";
import type { BuildNews } from "../../../worker/runs/record/run-api.ts";
import { buildRefusal } from "../../../worker/runs/record/take-bytes.ts";
import type { MemoryBucket } from "./storage-in-memory.ts";
import { Life } from "./surroundings.ts";
import type { Surroundings } from "./surroundings.ts";

interface Build {
  waiters: BuildWaiter[];
  /** Null while it goes on. */
  endedAt: number | null;
  lines: string[];
}

/** Whoever builds the dependencies of versions: it takes its time, comes to nothing now and then, and tells those who wait. */
export class Builds {
  readonly #world: Surroundings;
  readonly #bucket: MemoryBucket;
  readonly #tell: (runId: string, news: BuildNews) => void;
  readonly #builds = new Map<string, Build>();

  constructor(world: Surroundings, bucket: MemoryBucket, tell: (runId: string, news: BuildNews) => void) {
    this.#world = world;
    this.#bucket = bucket;
    this.#tell = tell;
  }

  ask(order: BuildOrder, waiter: BuildWaiter): BuildAnswer {
    if (order.kind === "template") throw new Error("no version here has a template");
    const known = this.#builds.get(order.bundle_digest);
    if (known?.endedAt === null) {
      known.waiters.push(waiter);
      return { kind: "pending" };
    }
    const { random } = this.#world;
    if (known && known.endedAt !== null && known.endedAt >= waiter.since)
      return { kind: "ended", lines: known.lines };
    if (random.chance(0.1)) {
      const why = { code: "e2b_quota_exhausted", message: "No room.", retryAfterMs: 20_000 } as const;
      return { kind: "refused", ...why, waits: true };
    }
    this.#begin(order, waiter);
    return { kind: "pending" };
  }

  #begin(order: DependencyOrder, waiter: BuildWaiter): void {
    const build: Build = { waiters: [waiter], endedAt: null, lines: [] };
    this.#builds.set(order.bundle_digest, build);
    this.#world.timers.after(this.#world.random.below(90_000), () => this.#end(order, build));
  }

  #end(order: DependencyOrder, build: Build): void {
    const { random, now } = this.#world;
    build.endedAt = now;
    if (random.chance(0.25))
      build.lines.push(JSON.stringify(buildRefusal("dependency_install_failed", "no such package")));
    else {
      const key = `dependencies/${order.worker_id}/${order.bundle_digest}/built.tar.gz`;
      this.#bucket.put(key, { customMetadata: { sha256: "d".repeat(64), empty: "no" } });
    }
    for (const { run_id, attempt } of build.waiters) {
      const tell = () => this.#tell(run_id, { attempt, lines: build.lines });
      void this.#world.call(new Life(() => {}), "builds", tell).catch(() => {});
    }
  }
}
