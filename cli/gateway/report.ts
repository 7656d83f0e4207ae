import type { Yaml, YamlPath, YamlSource } from "./yaml-source.ts";

export type EntryKind =
  | "gateway"
  | "app"
  | "worker"
  | "pipeline"
  | "query"
  | "council"
  | "schedules"
  | "workshop"
  | "session"
  | "resources";

/** Something of an entry that is not carried over, with where it stands and why. */
export interface LeftOut {
  key: string;
  file: string;
  line: number;
  reason: string;
}

/**
 * What became of one entry. `kept`: it is there already and means the same. `converted`: a folder was made of it, without what
 * `left_out` names. `refused`: nothing was made of it, for `reason`.
 */
export interface ImportEntry {
  /** Where it stands in the gateway's file, e.g. tools.workers[0]. */
  path: string;
  kind: EntryKind;
  name: string;
  file: string;
  line: number;
  status: "kept" | "converted" | "refused";
  reason: string | null;
  /** The worker that it has become; null for none. */
  worker: string | null;
  /** What its tools are called here, by what they were called. */
  tools: { was: string; is: string }[];
  left_out: LeftOut[];
  /** What a person has to do yet. */
  next: string[];
}

/** The folder of a worker, as files by path. */
export interface WorkerFolder {
  worker: string;
  files: { path: string; text: string }[];
}

/** An entry that is being made: what is left out and what is to be done is noted as it is found. */
export class EntryDraft {
  readonly leftOut: LeftOut[] = [];
  readonly next: string[] = [];
  readonly #at: Pick<ImportEntry, "path" | "kind" | "name" | "file" | "line">;

  constructor(at: Pick<ImportEntry, "path" | "kind" | "name" | "file" | "line">) {
    this.#at = at;
  }

  /** Notes that something is not carried over. */
  leave(source: YamlSource, path: YamlPath, reason: string): void {
    this.leftOut.push({ key: path.join("."), file: source.file, line: source.lineOf(path), reason });
  }

  /** Notes keys that nobody knows: the gateway let them pass in silence. */
  leaveUnknown(
    source: YamlSource,
    { at, value, known }: { at: YamlPath; value: Yaml; known: readonly string[] },
  ): void {
    if (typeof value !== "object" || value === null || Array.isArray(value)) return;
    for (const key of Object.keys(value)) {
      if (!known.includes(key))
        this.leave(source, [...at, key], "Nobody knows this key; it never meant anything.");
    }
  }

  refuse(reason: string): ImportEntry {
    return this.#end("refused", { reason, worker: null, tools: [] });
  }

  keep(tools: ImportEntry["tools"] = []): ImportEntry {
    return this.#end("kept", { reason: null, worker: null, tools });
  }

  convert(worker: string | null, tools: ImportEntry["tools"]): ImportEntry {
    return this.#end("converted", { reason: null, worker, tools });
  }

  #end(
    status: ImportEntry["status"],
    { reason, worker, tools }: Pick<ImportEntry, "reason" | "worker" | "tools">,
  ): ImportEntry {
    return { ...this.#at, status, reason, worker, tools, left_out: this.leftOut, next: this.next };
  }
}
