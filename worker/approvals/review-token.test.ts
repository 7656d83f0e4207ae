import { expect, it } from "vitest";
import { approvalIdSchema, runIdSchema } from "#contract/ids";
import { newId } from "../platform/ids.ts";
import { signReview, verifyReview } from "./review-token.ts";

const now = 1_800_000_000_000;
const review = { id: newId("apr", now), run_id: newId("run", now), expires_at: now + 60_000 };
const signingKey = "a-signing-key-of-a-test";

it("a review token is good in the spelling it was signed in, and in no other", async () => {
  expect([approvalIdSchema.parse(review.id), runIdSchema.parse(review.run_id)]).toHaveLength(2);
  const token = await signReview(signingKey, review);
  const verify = (given: string) => verifyReview(signingKey, { id: review.id, token: given, now });
  expect(await verify(token)).toEqual({ run_id: review.run_id });
  const [run = "", expiry = "", mac = ""] = token.split(".");
  const spellings = [
    `${token}.x`,
    `${token}.`,
    `${run}.0${expiry}.${mac}`,
    `${run}.${expiry.toUpperCase()}.${mac}`,
    `${run}. ${expiry}.${mac}`,
    `${run}.${expiry}-.${mac}`,
  ];
  for (const spelling of spellings) expect(await verify(spelling), spelling).toBeNull();
});
