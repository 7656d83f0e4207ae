import { expect, it } from "vitest";
import { openSecrets, rotateSecrets, sealSecrets } from "./rotating-secret.ts";
import { sealSecret } from "./secret-box.ts";

const signingKey = "k".repeat(40);
const key = { signingKey, earlierSigningKeys: [], masterKeys: null };
const purpose = "alert:alt_1";

it("the secret before stays good until its time is over, and none before it", async () => {
  const first = rotateSecrets([], { value: "a", now: 0, overlapSeconds: 10 });
  const second = rotateSecrets(first, { value: "b", now: 1000, overlapSeconds: 10 });
  const third = rotateSecrets(second, { value: "c", now: 2000, overlapSeconds: 10 });
  const sealed = await sealSecrets(key, purpose, third);
  const goodAt = async (now: number) =>
    (await openSecrets(key, { purpose, sealed, now })).map(({ value }) => value);
  expect(await goodAt(11_999)).toEqual(["c", "b"]);
  expect(await goodAt(12_000)).toEqual(["c"]);
});

it("without an overlap the old secret is good no more at once", () => {
  const known = [{ value: "a", expires_at: null }];
  expect(rotateSecrets(known, { value: "b", now: 0, overlapSeconds: 0 })).toEqual([
    { value: "b", expires_at: null },
  ]);
});

it("a box of an alert's first days opens as well", async () => {
  const secret = JSON.stringify({ current: "b", previous: "a", previous_until: 1000 });
  const sealed = await sealSecret(signingKey, { purpose, secret });
  expect(await openSecrets(key, { purpose, sealed, now: 999 })).toEqual([
    { value: "b", expires_at: null },
    { value: "a", expires_at: 1000 },
  ]);
  expect(await openSecrets(key, { purpose, sealed, now: 1000 })).toHaveLength(1);
});
