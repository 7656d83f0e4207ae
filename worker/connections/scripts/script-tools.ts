import type { ConnectionTool } from "#contract/connections/connection";
import type { ScriptConnection } from "#contract/script-tools/script-call";
import type { ToolDriver } from "../../tools/gate-api.ts";
import { appSlug, isOfApp } from "../composio-presets.ts";
import { kindOf } from "../kind-of.ts";
import { mayWorkerCall } from "../resolve-service.ts";
import type { ResolvedConnection } from "../resolve-service.ts";
import { connectionDriver, openConnections } from "../tool-driver.ts";
import type { DriverDeps, OpenedConnection } from "../tool-driver.ts";

/** Which tool a script means. */
type ScriptPlace = { connection: string; tool: string } | { app_tool: string; account: string | null };

/** The connections of a running script: a driver for the gate, whose tools are looked at anew whenever that is asked for. */
export interface ScriptTools {
  driver: ToolDriver;
  refresh: () => Promise<void>;
  nameOf: (place: ScriptPlace) => string;
  describe: () => ScriptConnection[];
}

/** Opens the tools of what a script's worker declares; `resolve` says what that means now. */
export function openScriptTools(
  deps: DriverDeps,
  resolve: () => Promise<readonly ResolvedConnection[]>,
): ScriptTools {
  let opened: readonly OpenedConnection[] = [];
  return {
    driver: connectionDriver(deps, () => opened),
    refresh: async () => {
      opened = await openConnections(deps.openConnection, await resolve());
    },
    nameOf: (place) => nameOf(opened, place),
    describe: () => opened.map(describe),
  };
}

const MOST_CHARACTERS = 200;

/**
 * The full name of the tool that a script means. What is not there gets a name that no tool can have, so that it is refused
 * and on record as what was asked for. Pure.
 */
export function nameOf(opened: readonly OpenedConnection[], place: ScriptPlace): string {
  const connection = opened.find((one) => isMeant(one, place));
  const written = "connection" in place ? place.tool : place.app_tool;
  const isApp = connection?.target.settings.composio !== null;
  const spellings = [
    ({ name }: ConnectionTool) => name === written,
    ({ full_name }: ConnectionTool) => full_name === written,
    // Whoever cannot write all characters of a name in a path writes it as the full name does.
    ({ full_name }: ConnectionTool) => full_name === `${connection?.target.name}__${written}`,
    ({ name }: ConnectionTool) => isApp && name.toUpperCase() === written.toUpperCase(),
  ];
  const tool = spellings.map((isIt) => connection?.tools.find(isIt)).find((found) => found !== undefined);
  if (tool !== undefined) return tool.full_name;
  const asked = "connection" in place ? `${place.connection}/${written}` : written;
  return `unknown:${asked}`.slice(0, MOST_CHARACTERS);
}

function isMeant({ wanted, target }: OpenedConnection, place: ScriptPlace): boolean {
  const app = target.settings.composio?.app ?? null;
  if ("connection" in place) {
    const name = place.connection.toLowerCase();
    return name === wanted.name || name === target.name || (app !== null && appSlug(app) === appSlug(name));
  }
  const isOwn = place.account === null || place.account === "" || place.account === target.id;
  return app !== null && isOwn && isOfApp(app, place.app_tool);
}

function describe(connection: OpenedConnection): ScriptConnection {
  const { wanted, target, tools } = connection;
  const callable = tools.filter(
    (tool) => (tool.state === "new" || tool.state === "accepted") && mayWorkerCall(connection, tool),
  );
  return {
    name: wanted.name,
    id: target.id,
    kind: kindOf(target.settings),
    tools: callable.map(({ name, full_name, description, input_schema, effect }) => ({
      name,
      full_name,
      description,
      input_schema,
      effect,
    })),
  };
}
