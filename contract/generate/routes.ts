import { defineRoute } from "../route.ts";
import { generatedSchema, generateRequestSchema } from "./generate.ts";

export const generateRoutes = {
  generateWorker: defineRoute({
    id: "generateWorker",
    method: "POST",
    path: "/api/workers/generate",
    tag: "Workers",
    summary: "Make a worker's manifest of an OpenAPI document",
    description:
      "Each operation becomes a declared HTTP tool, always the same for the same document. Nothing is stored: read what was made, then push it.",
    access: "workers:write",
    body: { kind: "json", schema: generateRequestSchema, limit: "source_body_bytes" },
    answer: {
      kind: "json",
      status: 200,
      schema: generatedSchema,
      description: "The manifest, and what it has no tool for.",
    },
    problems: ["invalid_openapi"],
  }),
} as const;
