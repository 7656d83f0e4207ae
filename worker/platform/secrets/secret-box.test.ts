import { expect, it } from "vitest";
import { openSecret, sealSecret } from "./secret-box.ts";

const key = "k".repeat(40);

it("a sealed secret opens again, and no two boxes of it are alike", async () => {
  const box = { purpose: "trigger:trg_1", secret: "whsec_ä" };
  const [a, b] = [await sealSecret(key, box), await sealSecret(key, box)];
  expect(a).not.toBe(b);
  expect(await openSecret(key, { purpose: "trigger:trg_1", sealed: a })).toBe("whsec_ä");
});

it("another key, another purpose or a changed byte does not open it", async () => {
  const sealed = await sealSecret(key, { purpose: "a", secret: "s" });
  await expect(openSecret("x".repeat(40), { purpose: "a", sealed })).rejects.toThrow();
  await expect(openSecret(key, { purpose: "b", sealed })).rejects.toThrow();
  const changed = sealed.slice(0, -4) + (sealed.endsWith("AAA=") ? "BBB=" : "AAA=");
  await expect(openSecret(key, { purpose: "a", sealed: changed })).rejects.toThrow();
});
