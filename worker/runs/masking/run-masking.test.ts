import { expect, it } from "vitest";
import { buildSampleSpec } from "../../../test/support/workerd/sample-spec.ts";
import { verifies } from "../../../test/verifies.ts";
import { RunMasking } from "./run-masking.ts";

const spec = buildSampleSpec({ secrets: ["TOKEN"] });

it("a secret that was replaced between two attempts is masked from the first word of the second, whoever asks beside", async () => {
  verifies("secrets:redaction:nothing-readable");
  const asked: ((values: string[]) => void)[] = [];
  const masking = new RunMasking(() => new Promise((resolve) => asked.push(resolve)));
  const first = masking.prepare(spec);
  asked[0]?.(["first-value"]);
  await first;

  masking.forget();
  const told: unknown[] = [];
  const tell = async () => {
    await masking.prepare(spec);
    told.push(masking.outputs(spec, { said: "first-value second-value" }));
  };
  const both = [tell(), tell()];
  await Promise.resolve();
  expect(told).toEqual([]);
  asked[1]?.(["first-value", "second-value"]);
  await Promise.all(both);
  expect(JSON.stringify(told)).not.toContain("second-value");

  masking.forget();
  const late = tell();
  masking.forget();
  asked[2]?.(["first-value", "second-value"]);
  await expect.poll(() => asked.length).toBe(4);
  asked[3]?.(["first-value", "second-value", "third-value"]);
  await late;
  expect(masking.outputs(spec, { said: "third-value" })).not.toEqual({ said: "third-value" });
});
