import * as z from "zod";
import { auditOutcomeSchema } from "#contract/audit/audit";
import { auditEventIdSchema, workspaceIdSchema } from "#contract/ids";
import { defineDocument, storedJsonSchema } from "../platform/objects/stored-document.ts";

/** An event as it waits in a file for the table that was away. */
export const auditRowForm = defineDocument(
  "a change that waits to be put on record",
  z.object({
    workspace_id: workspaceIdSchema,
    id: auditEventIdSchema,
    at: z.number(),
    action: z.string(),
    outcome: auditOutcomeSchema,
    code: z.string().nullable(),
    actor_kind: z.string(),
    actor_id: z.string(),
    user_id: z.string().nullable(),
    resource_kind: z.string().nullable(),
    resource_id: z.string().nullable(),
    request_id: z.string(),
    address: z.string(),
    details: z.record(z.string(), storedJsonSchema),
    worker: z.string().nullable().default(null),
  }),
);
