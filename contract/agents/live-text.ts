import * as z from "zod";

/** So many of the last characters of what a model is saying are shown while it says it. */
export const LIVE_CHARACTERS = 4000;

/**
 * What an agent's model is saying in a turn that is not over. It is shown to whoever follows the run, is on no record, and has no
 * number: what the turn has said in the end is told by its parts. On a stream it is an event named `live`, without an id.
 */
export const liveTextSchema = z.object({
  type: z.literal("live"),
  turn: z.int().positive().describe("Which turn of the model, from 1."),
  kind: z.enum(["text", "reasoning"]).describe("What it says, or what it thinks."),
  text: z.string().describe(`The last of what it has said until now, at most ${LIVE_CHARACTERS} characters.`),
  characters: z.int().nonnegative().describe("How much it has said until now in this turn, in all."),
});
export type LiveText = z.infer<typeof liveTextSchema>;
