import type { LaunchRefusal } from "../runs/ports/executor.ts";
import type { BuildLook } from "./build-lifecycle.ts";
import type { BuildState } from "./build-state.ts";

/** What became of an attempt to begin a build; null where it was found that none is wanted now. */
export type BuildBegun =
  { kind: "launched"; sandboxId: string } | { kind: "impossible"; message: string } | LaunchRefusal | null;

/** How one kind of thing is built. Every act may be performed twice. */
export interface BuildWork {
  launch(state: BuildState): Promise<BuildBegun>;
  /** Null when nobody can say now. */
  look(state: BuildState): Promise<BuildLook | null>;
  /** Keeps what was built, or the word of it. `gone`: it is not where it was built any more. */
  store(state: BuildState): Promise<"stored" | "gone">;
  /** Gives back what the build held. */
  kill(state: BuildState): Promise<void>;
}
