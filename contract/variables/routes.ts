import { defineRoute } from "../route.ts";
import { setVariableSchema, variablePageSchema, variableSchema } from "./variables.ts";

const tag = "Variables";

/** Values of a workspace for the variables that worker.yml files of declared HTTP tools leave open. */
export const variableRoutes = {
  listVariables: defineRoute({
    id: "listVariables",
    method: "GET",
    path: "/api/workspace/variables",
    tag,
    summary: "List the variables of the workspace",
    access: "workspace:read",
    answer: { kind: "json", status: 200, schema: variablePageSchema, description: "By name." },
    problems: [],
  }),
  setVariable: defineRoute({
    id: "setVariable",
    method: "PUT",
    path: "/api/workspace/variables/{variable}",
    tag,
    summary: "Set a variable of one worker, for every push of it from now on",
    description:
      "It takes the place of the default that worker.yml gives, and gives way to a value that is written there or given at push (`--var`). The worker need not be there yet.",
    access: "workspace:write",
    body: { kind: "json", schema: setVariableSchema, limit: "json_body_bytes" },
    answer: { kind: "json", status: 200, schema: variableSchema, description: "The variable." },
    problems: ["invalid_request", "too_many_variables"],
  }),
  deleteVariable: defineRoute({
    id: "deleteVariable",
    method: "DELETE",
    path: "/api/workspace/variables/{variable}",
    tag,
    summary: "Delete a variable of the workspace",
    access: "workspace:write",
    answer: { kind: "empty", status: 204, description: "It is gone." },
    problems: ["not_found"],
  }),
} as const;
