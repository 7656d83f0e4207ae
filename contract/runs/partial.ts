import * as z from "zod";

const piecesSchema = z
  .union([z.string(), z.array(z.json())])
  .describe(
    "A text that goes on, or pictures of the pieces as JSON: what is long or deep is cut, marked by \u2026.",
  );

/** What is told of a function that hands back its result piece by piece, while it goes on. */
export const partialTellingShape = {
  count: z.int().nonnegative().describe("How many pieces there have been until now."),
  follows: z
    .boolean()
    .describe("Whether it goes on where the last one ended; false where pieces between are left out."),
  pieces: piecesSchema,
};

/** The newest of what a function has handed back piece by piece. */
export const partialOutputSchema = z.object({
  count: partialTellingShape.count,
  pieces: piecesSchema,
  left_out: z.boolean().describe("Whether something before it, or within it, is not shown."),
});
export type PartialOutput = z.infer<typeof partialOutputSchema>;
