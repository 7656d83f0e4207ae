import { log } from "../platform/log.ts";
import type { ObjectPart } from "../platform/objects/object-part.ts";
import { doDuty } from "./do-duty.ts";
import { beginWorkspaceDuty } from "./duty.ts";
import type { Duty, DutyOf } from "./duty.ts";
import type { DutyPlace } from "./duty-place.ts";
import type { House, HouseStorage, KeptDuty } from "./house-storage.ts";
import type { HousekeeperApi, HouseState } from "./housekeeper-api.ts";
import { beginLook, nextLookAt } from "./plan-look.ts";
import type { RetentionDeps } from "./retention-deps.ts";
import { takeLook } from "./take-look.ts";

/** Between two pages: the tables are everybody's. */
const PAGE_PAUSE_MS = 1000;
/** So long a deletion is left to the request that announced it. */
const ANNOUNCED_MS = 2000;
const RETRY_MS = 60_000;
const RETRY_MOST_MS = 3_600_000;

export interface HousekeeperDeps extends RetentionDeps {
  storage: HouseStorage;
  /** To be called whenever `nextWake` may have become earlier. */
  rearm: () => void;
  /** Deletes all that is stored. */
  erase: () => Promise<void>;
}

/**
 * Keeps one workspace's house: looks once a day for what is older than the workspace keeps, and brings deletions that
 * were begun to their end. Each wake-up does one page of one thing, and what it stands at is written down before and
 * after, so that a crash repeats a page and forgets nothing.
 */
export class Housekeeper implements ObjectPart, HousekeeperApi {
  readonly #deps: HousekeeperDeps;
  /** How often it was asked for anything: who asked while something was awaited is not to be forgotten. */
  #asked = 0;

  constructor(deps: HousekeeperDeps) {
    this.#deps = deps;
  }

  async open(workspaceId: string): Promise<HouseState> {
    const { next_look_at: nextLookAt, last } = this.#ensure(workspaceId);
    return { nextLookAt, lastLook: last, duties: this.#deps.storage.duties().length };
  }

  async clearWorker(workspaceId: string, duty: DutyOf<"worker">): Promise<void> {
    this.#ensure(workspaceId);
    this.#promise(duty, ANNOUNCED_MS);
    this.#deps.rearm();
  }

  async clearWorkspace(workspaceId: string): Promise<void> {
    this.#ensure(workspaceId);
    this.#promise(beginWorkspaceDuty(this.#deps.clock()), ANNOUNCED_MS);
    this.#deps.rearm();
  }

  #ensure(workspaceId: string): House {
    this.#asked += 1;
    const { storage, clock, rearm } = this.#deps;
    const known = storage.house();
    const house = known ?? {
      workspace_id: workspaceId,
      next_look_at: nextLookAt(workspaceId, clock()),
      look: null,
      last: null,
      failures: 0,
    };
    if (known === null) storage.saveHouse(house);
    rearm();
    return house;
  }

  #promise(duty: Duty, afterMs = 0): void {
    this.#deps.storage.saveDuty({ duty, next_at: this.#deps.clock() + afterMs, failures: 0 });
  }

  nextWake(): number | null {
    const house = this.#deps.storage.house();
    if (house === null) return null;
    return Math.min(house.next_look_at, ...this.#deps.storage.duties().map(({ next_at }) => next_at));
  }

  async wake(now: number): Promise<void> {
    const { storage } = this.#deps;
    const house = storage.house();
    if (house === null) return;
    const [due] = storage
      .duties()
      .filter(({ next_at }) => next_at <= now)
      .sort((a, b) => a.next_at - b.next_at);
    if (due) await this.#doDuty(house, due);
    else if (house.next_look_at <= now) await this.#look(house);
  }

  async #doDuty(house: House, kept: KeptDuty): Promise<void> {
    const { storage, clock } = this.#deps;
    // Should it fail, it is tried later; a success says otherwise.
    const tried = { ...kept, next_at: clock() + retryMs(kept.failures), failures: kept.failures + 1 };
    storage.saveDuty(tried);
    const asked = this.#asked;
    const outcome = await doDuty(this.#openPlace(house), kept.duty);
    const isAskedAnew = this.#asked !== asked;
    // Begun anew meanwhile, from its beginning: that is what is to be done.
    if (isAskedAnew && JSON.stringify(storage.findDuty(kept.duty)) !== JSON.stringify(tried)) return;
    if (outcome === "gone" && !isAskedAnew) await this.#deps.erase();
    else if (outcome === "gone" || outcome === "done") storage.dropDuty(kept.duty);
    else this.#promise(outcome.next, outcome.afterMs);
  }

  #openPlace(house: House): DutyPlace {
    const { storage } = this.#deps;
    return {
      deps: this.#deps,
      workspaceId: house.workspace_id,
      promise: this.#promiseDuty,
      listDuties: () => storage.duties().map(({ duty }) => duty),
      forgetLooks: () => storage.saveHouse({ ...house, look: null, last: null }),
    };
  }

  readonly #promiseDuty = (duty: Duty): void => this.#promise(duty);

  async #look(house: House): Promise<void> {
    const { storage, clock, findRetentionDays } = this.#deps;
    const { workspace_id: workspaceId, failures } = house;
    storage.saveHouse({
      ...house,
      next_look_at: clock() + retryMs(failures),
      failures: failures + 1,
    });
    const look = house.look ?? beginLook(await findRetentionDays(workspaceId), clock());
    const next = await takeLook({ deps: this.#deps, workspaceId, promise: this.#promiseDuty }, look);
    const now = clock();
    if (next !== null) {
      storage.saveHouse({ ...house, look: next, next_look_at: now + PAGE_PAUSE_MS, failures: 0 });
      return;
    }
    log("info", "retention.looked", { workspace_id: workspaceId, ...look.deleted });
    storage.saveHouse({
      ...house,
      look: null,
      next_look_at: nextLookAt(workspaceId, now),
      last: { at: now, deleted: look.deleted },
      failures: 0,
    });
  }
}

/** Longer with every failure, so that what cannot be done is tried for ever without a storm. */
function retryMs(failures: number): number {
  return Math.min(RETRY_MS * 2 ** Math.min(failures, 10), RETRY_MOST_MS);
}
