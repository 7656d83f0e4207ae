import * as z from "zod";
import { actionNameSchema } from "../ids.ts";
import { jsonSchemaSchema } from "./stored-action.ts";

/** Methods that a declared tool may send by. */
export const httpMethods = ["GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"] as const;

/** One declared HTTP tool, complete: variables filled in, what takes part in the request as templates. */
export const httpToolSchema = z.strictObject({
  name: actionNameSchema,
  description: z.string(),
  access: z.enum(["read", "write"]),
  approval: z.enum(["never", "always"]),
  calls_per_minute: z.int().nullable(),
  input_schema: jsonSchemaSchema,
  method: z.enum(httpMethods),
  /** Scheme, host and path; placeholders stand in path segments alone. */
  url: z.string(),
  query: z.array(z.tuple([z.string(), z.string()])),
  headers: z.array(z.tuple([z.string(), z.string()])),
  body: z.strictObject({ kind: z.enum(["json", "form", "multipart"]), template: z.json() }).nullable(),
  response_path: z.string().nullable(),
  timeout_seconds: z.int(),
  max_response_bytes: z.int(),
  pagination: z
    .strictObject({
      by: z.enum(["link", "cursor", "page"]),
      parameter: z.string().nullable(),
      cursor_path: z.string().nullable(),
      items_path: z.string().nullable(),
      first: z.int(),
      max_pages: z.int(),
    })
    .nullable(),
  retries: z.strictObject({ max_attempts: z.int(), idempotency_key: z.string().nullable() }),
});
export type HttpTool = z.infer<typeof httpToolSchema>;

/** What a worker of declared HTTP tools is. */
export const httpWorkerSchema = z.strictObject({
  tools: z.array(httpToolSchema),
  variables: z.record(z.string(), z.string()),
});
export type HttpWorker = z.infer<typeof httpWorkerSchema>;
