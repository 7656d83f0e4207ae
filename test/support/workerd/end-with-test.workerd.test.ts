import { env } from "cloudflare:workers";
import { expect, it } from "vitest";
import { bindToTest, endTest, withinTest } from "./end-with-test.ts";

it("what a request has left under way past its test reads and writes nothing, and the next test's request does", async () => {
  const bound = bindToTest(env);
  const readOne = () => bound.DB.prepare("SELECT 1 AS one").first();
  const left = Promise.withResolvers<undefined>();
  const late = withinTest(async () => {
    const before = await readOne();
    await left.promise;
    return {
      before,
      after: await readOne().catch(String),
      file: await bound.FILES.head("none").catch(String),
    };
  }).catch(String);
  endTest();
  left.resolve(undefined);
  expect(await late).toContain("The test that asked for this is over.");
  expect(await withinTest(readOne)).toEqual({ one: 1 });
});
