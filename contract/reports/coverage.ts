import * as z from "zod";

/** What reports are made from: the newest runs, so that none takes longer because a workspace has become large. */
export const coverageSchema = {
  complete: z.boolean().describe("False when there were more runs in the time than are looked at."),
  since: z.iso.datetime().describe("From when on runs are counted; later than asked for when not complete."),
};
