import * as z from "zod";
import { manifestFindingSchema, workerNameSchema } from "../manifest/manifest.ts";

/** What a worker of declared HTTP tools is to be made of. */
export const generateRequestSchema = z
  .strictObject({
    openapi_url: z
      .string()
      .max(2000)
      .optional()
      .describe("Address of an OpenAPI or Swagger document; https."),
    openapi: z.string().optional().describe("The document itself, as JSON or YAML, instead of its address."),
    name: workerNameSchema
      .optional()
      .describe("Name of the worker; after the document's title when left out."),
    include: z
      .array(z.string().max(200))
      .max(100)
      .optional()
      .describe("Tags, operation ids or tools: only those. All when left out."),
    writes: z
      .boolean()
      .optional()
      .describe("Take operations that write and delete as well; only what reads when left out."),
  })
  .refine(({ openapi, openapi_url: url }) => (openapi === undefined) !== (url === undefined), {
    message: "needs either openapi or openapi_url",
  });
export type GenerateRequest = z.infer<typeof generateRequestSchema>;

export const generatedSchema = z.object({
  name: workerNameSchema.describe("Name of the worker."),
  worker_yml: z.string().describe("The manifest. Nothing is stored: read it, and push it."),
  tools: z.array(z.string()).describe("Its tools."),
  trust_tier: z.int().describe("As little as its methods need."),
  secrets: z.array(z.string()).describe("Secrets that have to be set for it."),
  left_out: z
    .array(z.object({ operation: z.string(), reason: z.string() }))
    .describe("Operations that it has no tool for."),
  findings: z.array(manifestFindingSchema).describe("What the parser of worker.yml says of it."),
});
export type Generated = z.infer<typeof generatedSchema>;
