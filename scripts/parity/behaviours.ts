import type { Behaviour } from "./behaviour.ts";
import { commandBehaviours } from "./behaviours/commands.ts";
import { fileBehaviours } from "./behaviours/files.ts";
import { machineBehaviours } from "./behaviours/machine.ts";
import { networkBehaviours } from "./behaviours/network.ts";
import { sandboxBehaviours } from "./behaviours/sandboxes.ts";
import { watchBehaviours } from "./behaviours/watch.ts";

/** All that is compared, by area. */
export const areas: readonly { name: string; behaviours: readonly Behaviour[] }[] = [
  { name: "sandboxes", behaviours: sandboxBehaviours },
  { name: "commands", behaviours: commandBehaviours },
  { name: "files", behaviours: fileBehaviours },
  { name: "watch", behaviours: watchBehaviours },
  { name: "network", behaviours: networkBehaviours },
  { name: "machine", behaviours: machineBehaviours },
];
