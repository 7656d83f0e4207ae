/** Of so many workspaces something is kept; the one that was put there first goes first. */
const MOST_KEPT = 64;

/** What was read of workspaces, for as long as their marks say that it holds (see `readCatalogMark`). */
export class KeptByMark<Value> {
  readonly #kept = new Map<string, { mark: number; value: Value }>();

  /** What was kept at this mark; undefined where nothing was. */
  find(workspaceId: string, mark: number | null): Value | undefined {
    const last = this.#kept.get(workspaceId);
    return last?.mark === mark ? last.value : undefined;
  }

  /** Keeps what was read at this mark or later: where it is newer, nobody will come with that mark again. */
  keep(workspaceId: string, mark: number | null, value: Value): void {
    if (mark === null) return;
    this.#kept.delete(workspaceId);
    this.#kept.set(workspaceId, { mark, value });
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > MOST_KEPT && oldest !== undefined) this.#kept.delete(oldest);
  }
}
