import type { Json } from "#contract/json";
import type { ToolDriver } from "../../tools/gate-api.ts";

export const ASK = "request_approval";

/** request_approval: the gate holds it until a person has decided; that it is carried out says that they said yes. */
export function openApprovalDriver(): ToolDriver {
  return {
    list: () => [
      {
        name: ASK,
        description: "Asks a person to approve something before you do it, and waits for their word.",
        source: "builtin",
        effect: "read",
        method: null,
        approval: "always",
        calls_per_minute: 10,
        repeatable: true,
        untrusted: false,
        input_schema: {
          type: "object",
          properties: {
            title: { type: "string", minLength: 1, maxLength: 200 },
            description: { type: "string", maxLength: 4000 },
            metadata: { type: "object" },
          },
          required: ["title"],
          additionalProperties: false,
        },
      },
    ],
    prepare: ({ arguments: given }) => ({ request: given, credentials: [] }),
    execute: async ({ arguments: given }, { comment }) => {
      const asked: Json = given;
      return { ok: true, content: { ok: true, approved: true, asked, ...(comment ? { comment } : {}) } };
    },
  };
}
