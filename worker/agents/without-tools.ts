import type { ToolDriver } from "../tools/gate-api.ts";

/** A driver without the tools of these names: nobody is told of them, and the gate finds none. Pure. */
export function withoutTools(driver: ToolDriver, names: readonly string[]): ToolDriver {
  return { ...driver, list: () => driver.list().filter(({ name }) => !names.includes(name)) };
}
