import * as z from "zod";
import { defineRoute } from "../route.ts";
import { runDetailSchema, startRunQuerySchema, startRunRequestSchema } from "../runs/run.ts";
import { runRoutes } from "../runs/routes.ts";
import { actionDefinitionSchema } from "./action.ts";

/** Body of a start of one action: as of a run, without the name that the path gives. */
export const startActionRequestSchema = startRunRequestSchema.omit({ action: true });

export const actionRoutes = {
  listActions: defineRoute({
    id: "listActions",
    method: "GET",
    path: "/api/workers/{worker}/actions",
    tag: "Runs",
    summary: "List what a worker does, with the JSON Schema of what goes in and what comes out",
    description:
      "The typed functions of its file; a script is the one action `run`. A file is text with the format `floom-file`: its value is the id of an upload, or a small file as a data: URL.",
    access: "workers:read",
    answer: {
      kind: "json",
      status: 200,
      schema: z.array(actionDefinitionSchema),
      description: "The actions of the active version, in the order of the file.",
    },
    problems: ["not_found"],
  }),
  startAction: defineRoute({
    id: "startAction",
    method: "POST",
    path: "/api/workers/{worker}/actions/{action}/runs",
    tag: "Runs",
    summary: "Start a run of one action",
    description: runRoutes.startRun.description,
    access: "runs:write",
    grant: "runner",
    query: startRunQuerySchema,
    body: { kind: "json", schema: startActionRequestSchema, limit: "json_body_bytes", optional: true },
    answer: { kind: "json", status: 202, schema: runDetailSchema, description: "The run as it is now." },
    problems: runRoutes.startRun.problems.filter((code) => code !== "action_required"),
  }),
} as const;
