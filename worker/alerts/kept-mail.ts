import { outboxMailSchema } from "#contract/alerts/alert";
import { defineDocument } from "../platform/objects/stored-document.ts";

/** A mail that a local Floom keeps instead of sending it, as it lies in the bucket. */
export const keptMailDocument = defineDocument("kept mail", outboxMailSchema);
