import type { WorkspaceId } from "#contract/ids";

/** Of so many workspaces something is kept; the one that was put there first goes first. */
const MOST_KEPT = 64;

/** How large what is kept may be, all together, and how large one value is, in characters of JSON. */
interface Room<Value> {
  most: number;
  measure: (value: Value) => number;
}

/** Of whoever lists what a workspace has. */
export interface MarkTaker {
  /**
   * What the workspace's catalog was marked with when it was found out who asks, once (see `readCatalogMark`): a list may
   * tell what held then. Undefined, and absent, where nobody has read it.
   */
  takeMark?: (workspaceId: WorkspaceId) => number | undefined;
}

/** What was read of workspaces, for as long as their marks say that it holds (see `readCatalogMark`). */
export class KeptByMark<Value> {
  readonly #room: Room<Value>;
  readonly #kept = new Map<string, { mark: number; value: Value; size: number }>();
  #size = 0;

  /** Without a room values are small. */
  constructor(room: Room<Value> = { most: Infinity, measure: () => 0 }) {
    this.#room = room;
  }

  /** What was kept at this mark; undefined where nothing was. */
  find(workspaceId: string, mark: number | null): Value | undefined {
    const last = this.#kept.get(workspaceId);
    return last?.mark === mark ? last.value : undefined;
  }

  /** Keeps what was read at this mark or later: where it is newer, nobody will come with that mark again. */
  keep(workspaceId: string, mark: number | null, value: Value): void {
    if (mark === null) return;
    this.#drop(workspaceId);
    const size = this.#room.measure(value);
    if (size > this.#room.most) return;
    this.#kept.set(workspaceId, { mark, value, size });
    this.#size += size;
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= MOST_KEPT && this.#size <= this.#room.most) return;
      this.#drop(oldest);
    }
  }

  #drop(workspaceId: string): void {
    this.#size -= this.#kept.get(workspaceId)?.size ?? 0;
    this.#kept.delete(workspaceId);
  }
}
