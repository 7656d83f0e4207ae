import { limits } from "#contract/limits";
import type { ToolDriver } from "../tools/gate-api.ts";
import { isObject } from "../registry/actions/compile-schema.ts";

export const TAKE_TURN = "take_turn";

/**
 * take_turn: the gate holds it until a person has spoken. What they say is `statement` of their edits, or their comment; an
 * approval without either says nothing.
 */
export function openPersonDriver(): ToolDriver {
  const characters = limits.council_statement_characters.value;
  return {
    list: () => [
      {
        name: TAKE_TURN,
        description: "Asks a person for their statement.",
        source: "builtin",
        effect: "read",
        method: null,
        approval: "always",
        calls_per_minute: null,
        repeatable: true,
        // What a person of the workspace says is no stranger's word.
        untrusted: false,
        input_schema: {
          type: "object",
          properties: {
            title: { type: "string" },
            description: { type: "string" },
            statement: { type: "string", maxLength: characters },
          },
          required: ["statement"],
          additionalProperties: false,
        },
      },
    ],
    prepare: ({ arguments: given }) => ({ request: given, credentials: [] }),
    execute: async ({ arguments: given }, { comment }) => {
      const { statement } = isObject(given) ? given : {};
      const written = typeof statement === "string" ? statement : "";
      return { ok: true, content: { statement: written.trim() === "" ? (comment ?? "") : written } };
    },
  };
}
