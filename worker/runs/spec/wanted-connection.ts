import * as z from "zod";

/** A connection as a run's version declares it, frozen into the run's spec; which one it means is looked up when it is used. */
export const wantedConnectionSchema = z.object({
  kind: z.enum(["mcp", "composio"]),
  name: z.string(),
  url: z.string().nullable(),
  allowed_tools: z.array(z.string()).nullable(),
  scope: z.enum(["full", "read_only"]),
  approval: z.enum(["never", "always"]),
});
