import * as z from "zod";
import { limits } from "#contract/limits";
import { sha256Hex } from "../platform/crypto.ts";
import { defineUnmarked } from "../platform/objects/stored-document.ts";
import { describeForDigest, keptToolSchema, mergeTool, stateOf } from "./judge-tools.ts";
import type { KeptTool, ListedTool } from "./judge-tools.ts";

export type ShelfKv = Pick<SyncKvStorage, "get" | "put" | "delete" | "list">;

const PREFIX = "tool/";
const LISTED_AT = "listed_at";
const keptForm = defineUnmarked("tool of a connection", keptToolSchema);

const TOLD = "told_changes";
const toldForm = defineUnmarked("changes of tools that were told", z.string());

/** Tools that have changed; `mark` is another one for every other change. */
export interface ToolChanges {
  tools: string[];
  mark: string;
}

/** A server's list of tools that was read so long ago is read anew before one of them is called. */
const LIST_FRESH_MS = 60_000;

const listedAtForm = defineUnmarked("time when tools were listed", z.number());

/** The tools of one connection: as its server lists them, and as people have accepted them. */
export class ToolShelf {
  readonly #kv: ShelfKv;

  constructor(kv: ShelfKv) {
    this.#kv = kv;
  }

  all(): KeptTool[] {
    return [...this.#kv.list({ prefix: PREFIX })].map(([, stored]) => keptForm.read(stored));
  }

  find(name: string): KeptTool | undefined {
    const stored = this.#kv.get(PREFIX + name);
    return stored === undefined ? undefined : keptForm.read(stored);
  }

  get listedAt(): number | null {
    const stored = this.#kv.get(LISTED_AT);
    return stored === undefined ? null : listedAtForm.read(stored);
  }

  /** Whether the server is to be asked anew before one of its tools is called. */
  isOld(now: number): boolean {
    return now - (this.listedAt ?? 0) >= LIST_FRESH_MS;
  }

  get changed(): number {
    return this.#listChanged().length;
  }

  #listChanged(): KeptTool[] {
    return this.all().filter((tool) => stateOf(tool) === "changed");
  }

  /** The tools that are others than those that were accepted, where nobody was told of just these; null where all is told. */
  async untold(): Promise<ToolChanges | null> {
    const changed = this.#listChanged();
    if (changed.length === 0) return null;
    const mark = await sha256Hex(changed.map(({ name, digest }) => `${name} ${digest}`).join("\n"));
    const stored = this.#kv.get(TOLD);
    if (stored !== undefined && toldForm.read(stored) === mark) return null;
    return { tools: changed.map(({ name }) => name), mark };
  }

  /** These changes are known now. */
  markTold({ mark }: ToolChanges): void {
    this.#kv.put(TOLD, mark);
  }

  /** Takes over what a server lists now. What somebody has accepted and is listed no more stays, as gone. */
  async takeOver(listed: readonly ListedTool[], now: number): Promise<void> {
    const fitting = listed.filter(
      (tool) => describeForDigest(tool).length <= limits.connection_tool_bytes.value,
    );
    const digested = await Promise.all(
      fitting.map(async (tool) => ({ ...tool, digest: await sha256Hex(describeForDigest(tool)) })),
    );
    const names = new Set(digested.map(({ name }) => name));
    for (const tool of this.all()) {
      if (names.has(tool.name)) continue;
      if (tool.accepted === null) this.#kv.delete(PREFIX + tool.name);
      else this.#kv.put(PREFIX + tool.name, { ...tool, listed: false });
    }
    for (const tool of digested) {
      const kept = this.find(tool.name);
      // A list is read often, and seldom another.
      if (kept?.digest !== tool.digest || !kept.listed)
        this.#kv.put(PREFIX + tool.name, mergeTool(kept, tool));
    }
    this.#kv.put(LISTED_AT, now);
  }

  /** Accepts tools as they were read; answers the names of those that are others by now, and then accepts none. */
  accept(wanted: readonly { name: string; digest: string }[], now: number): string[] {
    const others = wanted.filter(({ name, digest }) => {
      const tool = this.find(name);
      return tool === undefined || !tool.listed || tool.digest !== digest;
    });
    if (others.length > 0) return others.map(({ name }) => name);
    for (const { name, digest } of wanted) {
      const tool = this.find(name);
      if (tool) this.#kv.put(PREFIX + name, { ...tool, accepted: digest, accepted_at: now });
    }
    return [];
  }
}
