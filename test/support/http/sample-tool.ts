import type { HttpTool } from "#contract/manifest/http-tool";

/** A declared tool for tests: what is not said is what a plain GET has. */
export function sampleTool(change: Partial<HttpTool> = {}): HttpTool {
  return {
    name: "sample",
    description: "A sample.",
    access: "read",
    approval: "never",
    calls_per_minute: null,
    input_schema: {
      type: "object",
      properties: {
        id: { type: "string" },
        lang: { type: "string" },
        count: { type: "integer" },
        flag: { type: "boolean" },
        tags: { type: "array" },
      },
      additionalProperties: false,
    },
    method: "GET",
    url: "https://api.example.com/v1/items",
    query: [],
    headers: [],
    body: null,
    response_path: null,
    timeout_seconds: 5,
    max_response_bytes: 65_536,
    pagination: null,
    retries: { max_attempts: 3, idempotency_key: null },
    ...change,
  };
}
