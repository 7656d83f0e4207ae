import { toolName } from "./tool-name.ts";

/** A worker and the names of its actions, as far as they name tools. */
export interface ToolOwner {
  worker: string;
  actions: readonly string[];
}

/** A tool's name that a worker's action would take and may not; `holder` is the worker that has it, null: the platform. */
export interface ToolCollision {
  tool: string;
  action: string;
  holder: string | null;
}

/**
 * Which tool names a worker that comes (or comes again) would take from the platform, from other workers or from itself:
 * a client that calls a tool by its name must never reach another thing than the one it read about. An earlier version
 * of the same worker holds nothing. Pure.
 */
export function findToolCollisions(
  coming: ToolOwner,
  others: readonly ToolOwner[],
  platform: ReadonlySet<string>,
): ToolCollision[] {
  const holders = new Map<string, string>();
  for (const other of others) {
    if (other.worker === coming.worker) continue;
    for (const { tool } of toolsOf(other)) holders.set(tool, other.worker);
  }
  const collisions: ToolCollision[] = [];
  for (const { tool, action } of toolsOf(coming)) {
    const holder = holders.get(tool);
    if (platform.has(tool)) collisions.push({ tool, action, holder: null });
    else if (holder !== undefined) collisions.push({ tool, action, holder });
    holders.set(tool, coming.worker);
  }
  return collisions;
}

function toolsOf(owner: ToolOwner): { tool: string; action: string }[] {
  const isOnly = owner.actions.length === 1;
  return owner.actions.map((action) => ({ tool: toolName(owner.worker, action, isOnly), action }));
}
