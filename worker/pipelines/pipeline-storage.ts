import { defineDocument } from "../platform/objects/stored-document.ts";
import { pipelineStateSchema } from "./pipeline-state.ts";
import type { PipelineState } from "./pipeline-state.ts";

const stateDocument = defineDocument<PipelineState>("state of a pipeline", pipelineStateSchema);

const STATE_KEY = "pipeline";

/** What a pipeline remembers in its attempt's object: `pipeline`, where each of its stages stands. */
export class PipelineStorage {
  readonly #kv: Pick<SyncKvStorage, "get" | "put">;

  constructor(kv: Pick<SyncKvStorage, "get" | "put">) {
    this.#kv = kv;
  }

  load(): PipelineState | null {
    const stored = this.#kv.get(STATE_KEY);
    return stored === undefined ? null : stateDocument.read(stored);
  }

  save(state: PipelineState): void {
    this.#kv.put(STATE_KEY, stateDocument.write(state));
  }
}
