import type { NamedTool } from "./tool-name.ts";

/** A tool's name that an action may not have, and whether that is because the platform has it. */
export interface ToolCollision {
  tool: string;
  action: string;
  isPlatforms: boolean;
}

/**
 * Which tools of a worker are called as the platform's are, or as another of its own before them: a client that calls a
 * tool by its name must never reach another thing than the one it read about. Pure.
 */
export function findToolCollisions(
  tools: readonly NamedTool[],
  platform: ReadonlySet<string>,
): ToolCollision[] {
  const before = new Set<string>();
  return tools.flatMap(({ tool, action: { name: action } }) => {
    const isPlatforms = platform.has(tool);
    const isTaken = isPlatforms || before.has(tool);
    before.add(tool);
    return isTaken ? [{ tool, action, isPlatforms }] : [];
  });
}
