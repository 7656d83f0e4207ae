import { routes } from "../routes.ts";
import type { RouteId, TableRoute } from "../routes.ts";
import { defaultTools } from "./default-tools.ts";
import { toolExceptions } from "./full-hints.ts";
import { noTool } from "./no-tool.ts";
import type { PlatformTool } from "./tool.ts";

const isTaken = new Set<string>([...defaultTools.map(({ route }) => route), ...Object.keys(noTool)]);

/** `listAlerts` is `list_alerts`. Pure. */
const nameOf = (route: string) => route.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

function toolOf(id: RouteId, route: TableRoute): PlatformTool {
  const isRead = route.method === "GET";
  const { name = nameOf(id), hints = {}, more } = toolExceptions[id] ?? {};
  const words = [`${route.summary}.`, route.description, more];
  return {
    name,
    route: id,
    toolset: "full",
    title: route.summary,
    description: words.filter((one) => one !== undefined).join(" "),
    readOnly: isRead,
    destructive: route.method === "DELETE",
    idempotent: isRead || route.method === "DELETE" || route.method === "PUT",
    openWorld: false,
    ...hints,
  };
}

/** Every operation of the API that has no tool of its own name and no reason to have none. */
export const fullTools: readonly PlatformTool[] = Object.values(routes)
  .filter(({ id }) => !isTaken.has(id))
  .map((route) => toolOf(route.id, route));
