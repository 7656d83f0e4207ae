import * as z from "zod";

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
      name: toolAliasSchema.meta({
        description:
          "What its tool is called in place of the worker's name; before __ where it has functions.",
        rule: "Write a letter, then letters, digits, hyphens and single underscores, at most 40, e.g. send_invoice.",
        code: "bad_tool_name",
      }),
    })
    .optional()
    .meta({
      description: "How the worker is shown to clients of MCP.",
      rule: "Write name, e.g. {name: send_invoice}.",
    }),
};
