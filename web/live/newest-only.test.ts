import { expect, it } from "vitest";
import { newestOnly } from "./newest-only.ts";

function setUp() {
  const answers: PromiseWithResolvers<string>[] = [];
  const shown: string[] = [];
  const look = newestOnly(
    () => {
      const answer = Promise.withResolvers<string>();
      answers.push(answer);
      return answer.promise;
    },
    (value) => shown.push(value),
  );
  return { answers, shown, look };
}

it("an answer that is overtaken by a later one's is not shown", async () => {
  const { answers, shown, look } = setUp();
  const looks = [look(), look()];
  answers[1]?.resolve("completed");
  answers[0]?.resolve("pending_approval");
  await Promise.all(looks);
  expect(shown).toEqual(["completed"]);
});

it("answers that come in their order are all shown, and one that fails hides none before it", async () => {
  const { answers, shown, look } = setUp();
  const looks = [look(), look(), look()];
  answers[0]?.resolve("running");
  answers[2]?.reject(new Error("away"));
  answers[1]?.resolve("pending_approval");
  expect((await Promise.allSettled(looks)).map(({ status }) => status)).toEqual([
    "fulfilled",
    "fulfilled",
    "rejected",
  ]);
  expect(shown).toEqual(["running", "pending_approval"]);
});
