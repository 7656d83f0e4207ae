import { limits } from "#contract/limits";
import { isObject } from "../registry/actions/compile-schema.ts";
import { openAskingDriver } from "../tools/asking-driver.ts";

export const TAKE_TURN = "take_turn";

/**
 * take_turn: a person's statement. What they say is `statement` of their edits, or their comment; an approval without either
 * says nothing. `position` of their edits is where they stand, in a sentence.
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
      position: { type: "string", maxLength: limits.council_statement_characters.value },
    },
    required: ["statement"],
    additionalProperties: false,
  },
  answer: (given, comment) => {
    const { statement, position } = isObject(given) ? given : {};
    const written = typeof statement === "string" ? statement : "";
    const said = written.trim() === "" ? comment : written;
    return typeof position === "string" ? { statement: said, position } : { statement: said };
  },
});
