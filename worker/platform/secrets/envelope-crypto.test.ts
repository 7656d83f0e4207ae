import { expect, it } from "vitest";
import { verifies } from "../../../test/verifies.ts";
import {
  makeDataKey,
  masterKeyOf,
  MasterKeyMissing,
  openBox,
  openValue,
  rewrap,
  sealBox,
  sealValue,
  unwrapDataKey,
  wrapDataKey,
} from "./envelope-crypto.ts";
import { parseMasterKeys } from "./master-keys.ts";
import type { MasterKeys } from "./master-keys.ts";

function mastersOf(text: string): MasterKeys {
  const masters = parseMasterKeys(text);
  if (masters === null) throw new Error("no key");
  return masters;
}

const k1 = `k1:${btoa("\x07".repeat(32))}`;
const k2 = `k2:${btoa("\x08".repeat(32))}`;
const purpose = "secret:wsp_1";

/** Made with OpenSSL's AES-256-GCM: data key 00 01 .. 1f under the key 07 * 32, nonces 00 .. 0b and 09 * 12. */
const vector = {
  wrapped: "fk1.k1.AAECAwQFBgcICQoLGIDrcxkM305_u--X7lVi9fEtpJ0Md2EmDtd5oZLKcxp5KDP04F0tDMceMvkBWEiB",
  sealed: "fs1.CQkJCQkJCQkJCQkJw9usSPToLNa1AwE18XBubF-87mtDCYODsV20",
  box: "fe1.k1.AAECAwQFBgcICQoLGIDrcxkM305_u--X7lVi9fEtpJ0Md2EmDtd5oZLKcxp5KDP04F0tDMceMvkBWEiB.CQkJCQkJCQkJCQkJw9usSPToLNa1AwE18XBubF-87mtDCYODsV20",
  value: "pässword\n1",
};

it("what another implementation of the envelope sealed opens", async () => {
  verifies("secrets:stored:envelope");
  const masters = mastersOf(k1);
  const dataKey = await unwrapDataKey(masters, { purpose, wrapped: vector.wrapped });
  expect([...dataKey]).toEqual(Array.from({ length: 32 }, (_, n) => n));
  expect(await openValue(dataKey, { purpose, sealed: vector.sealed })).toBe(vector.value);
  expect(await openBox(masters, { purpose, sealed: vector.box })).toBe(vector.value);
});

it("no two boxes of a value are alike, and another purpose, key or byte opens none", async () => {
  verifies("secrets:stored:envelope");
  const masters = mastersOf(k1);
  const [a, b] = [
    await sealBox(masters, { purpose, secret: "s" }),
    await sealBox(masters, { purpose, secret: "s" }),
  ];
  expect(a).not.toBe(b);
  expect(await openBox(masters, { purpose, sealed: a })).toBe("s");
  await expect(openBox(masters, { purpose: "secret:wsp_2", sealed: a })).rejects.toThrow();
  await expect(openBox(mastersOf(k2), { purpose, sealed: a })).rejects.toThrow(MasterKeyMissing);
  const forged = mastersOf(k2.replace("k2", "k1"));
  await expect(openBox(forged, { purpose, sealed: a })).rejects.toThrow();
  const changed = a.slice(0, -2) + (a.endsWith("AA") ? "BB" : "AA");
  await expect(openBox(masters, { purpose, sealed: changed })).rejects.toThrow();
});

it("a change of any one character of what is sealed opens nothing, and the refusal tells nothing of it", async () => {
  verifies("secrets:stored:envelope");
  const masters = mastersOf(k1);
  // The last character of a part may hold bits that belong to no byte: those alone may differ.
  const bytesOf = (text: string) =>
    text.split(".").map((part) => Buffer.from(part, "base64url").toString("hex"));
  for (let at = 0; at < vector.box.length; at += 1) {
    for (const sign of ["A", "B", "_", ".", "=", "\u0000", "é"]) {
      const changed = vector.box.slice(0, at) + sign + vector.box.slice(at + 1);
      if (changed === vector.box || bytesOf(changed).join() === bytesOf(vector.box).join()) continue;
      const refused: unknown = await openBox(masters, { purpose, sealed: changed }).catch(
        (error: unknown) => error,
      );
      expect(refused, changed).toBeInstanceOf(Error);
      expect(String(refused)).not.toContain("AAECAwQF");
    }
  }
});

it("a new master key wraps what there is anew, and the old one opens nothing of it afterwards", async () => {
  verifies("secrets:rotation:old-key-useless");
  const old = mastersOf(k1);
  const both = mastersOf(`${k2}\n${k1}`);
  const dataKey = makeDataKey();
  const wrapped = await wrapDataKey(old, { purpose, dataKey });
  const sealed = await sealValue(dataKey, { purpose, secret: "kept" });
  const box = await sealBox(old, { purpose, secret: "boxed" });

  const rewrapped = await rewrap(both, { purpose, text: wrapped });
  const reboxed = await rewrap(both, { purpose, text: box });
  expect([rewrapped, reboxed].map(masterKeyOf)).toEqual(["k2", "k2"]);
  const only = mastersOf(k2);
  const key = await unwrapDataKey(only, { purpose, wrapped: rewrapped });
  expect(await openValue(key, { purpose, sealed })).toBe("kept");
  expect(await openBox(only, { purpose, sealed: reboxed })).toBe("boxed");
  await expect(unwrapDataKey(old, { purpose, wrapped: rewrapped })).rejects.toThrow(MasterKeyMissing);
});

it("master keys are read in order, and one that is short, nameless or doubled is refused without being told", () => {
  expect(parseMasterKeys("")).toBeNull();
  expect([...mastersOf(`${k2},${k1}\n`).byId.keys()]).toEqual(["k2", "k1"]);
  for (const bad of ["k1:c2hvcnQ=", btoa("x".repeat(32)), `${k1} ${k1}`, "k 1:"]) {
    expect(() => parseMasterKeys(bad), bad).toThrow();
    expect(() => parseMasterKeys(bad)).not.toThrow("c2hvcnQ");
  }
});
