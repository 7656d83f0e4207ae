import { limits } from "#contract/limits";
import { isObject } from "../registry/actions/compile-schema.ts";
import { openAskingDriver } from "../tools/asking-driver.ts";

export const TAKE_TURN = "take_turn";

/**
 * take_turn: a person's statement. What they say is `statement` of their edits, or their comment; an approval without either
 * says nothing.
 */
export const personDriver = openAskingDriver({
  name: TAKE_TURN,
  description: "Asks a person for their statement.",
  calls_per_minute: null,
  input_schema: {
    type: "object",
    properties: {
      title: { type: "string" },
      description: { type: "string" },
      statement: { type: "string", maxLength: limits.council_statement_characters.value },
    },
    required: ["statement"],
    additionalProperties: false,
  },
  answer: (given, comment) => {
    const { statement } = isObject(given) ? given : {};
    const written = typeof statement === "string" ? statement : "";
    return { statement: written.trim() === "" ? comment : written };
  },
});
