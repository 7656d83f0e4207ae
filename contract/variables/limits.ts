import type { Limit } from "../limit.ts";

export const variableLimits = {
  workspace_variables: { value: 200, unit: "items", what: "the variables that a workspace sets" },
  variable_characters: { value: 2000, unit: "characters", what: "the value of a workspace's variable" },
} as const satisfies Record<string, Limit>;
