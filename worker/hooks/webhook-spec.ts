import { webhookSpecSchema } from "#contract/hooks/webhook";
import { defineDocument } from "../platform/objects/stored-document.ts";

/** The `spec` of a webhook's row. */
export const webhookSpecDocument = defineDocument("webhook's spec", webhookSpecSchema);
