import { defineDocument } from "../platform/objects/stored-document.ts";
import { councilStateSchema } from "./council-state.ts";
import type { CouncilState } from "./council-state.ts";

const stateDocument = defineDocument<CouncilState>("state of a council", councilStateSchema);

const STATE_KEY = "council";

/** What a council remembers in its attempt's object: `council`, every turn with what was said. */
export class CouncilStorage {
  readonly #kv: Pick<SyncKvStorage, "get" | "put">;

  constructor(kv: Pick<SyncKvStorage, "get" | "put">) {
    this.#kv = kv;
  }

  load(): CouncilState | null {
    const stored = this.#kv.get(STATE_KEY);
    return stored === undefined ? null : stateDocument.read(stored);
  }

  save(state: CouncilState): void {
    this.#kv.put(STATE_KEY, stateDocument.write(state));
  }
}
