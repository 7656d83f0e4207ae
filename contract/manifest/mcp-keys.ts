import * as z from "zod";
import { actionNameSchema } from "../ids.ts";

/**
 * What tools of a worker may be called by: as a worker's name, with single underscores besides, since two of them part a
 * worker from its function. Room is left for the function's name.
 */
export const toolAliasSchema = z
  .string()
  .max(40)
  .regex(/^[A-Za-z][A-Za-z0-9-]*(?:_[A-Za-z0-9-]+)*$/);

/** How a worker is shown to clients of MCP. */
export const mcpKeys = {
  mcp: z
    .strictObject({
      name: toolAliasSchema.optional().meta({
        description:
          "What its tool is called in place of the worker's name; before __ where it has functions.",
        rule: "Write a letter, then letters, digits, hyphens and single underscores, at most 40, e.g. send_invoice.",
        code: "bad_tool_name",
      }),
      actions: z
        .record(actionNameSchema, toolAliasSchema.meta({ code: "bad_tool_name" }))
        .optional()
        .meta({
          description:
            "What the tools of single actions are called, in place of all that stands before them.",
          rule: "Write the function's name and its tool's, e.g. {draft: draft_invoice}; letters, digits, hyphens and single underscores, at most 40.",
          code: "bad_tool_name",
        }),
    })
    .optional()
    .meta({
      description: "How the worker is shown to clients of MCP.",
      rule: "Write name or actions, e.g. {name: send_invoice}.",
    }),
};
