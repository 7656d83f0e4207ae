import { crc32 } from "node:zlib";
import fc from "fast-check";
import { expect, it } from "vitest";
import { verifies } from "../../test/verifies.ts";
import { buildToken, hasTokenPrefix, isTokenForm, tokenPattern } from "./format.ts";
import type { TokenKind } from "./format.ts";

const kinds = fc.constantFrom<TokenKind>("personal", "service");
const chance = fc.uint8Array({ minLength: 64, maxLength: 64 });
const tokens = fc
  .tuple(kinds, chance)
  .map(([kind, bytes]) => buildToken(kind, bytes))
  .filter((token) => token !== null);

const base62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const toNumber = (text: string) =>
  Array.from(text).reduce((sum, digit) => sum * 62 + base62.indexOf(digit), 0);

it("a token says what it is for, and its last six digits are the CRC-32 of what stands before them", () => {
  verifies("tokens:format:known-offline");
  fc.assert(
    fc.property(tokens, (token) => {
      expect(token).toMatch(/^flm_(?:pat|svc)_[0-9A-Za-z]{38}$/);
      expect(toNumber(token.slice(-6))).toBe(crc32(token.slice(0, -6)));
      expect([isTokenForm(token), hasTokenPrefix(token)]).toEqual([true, true]);
    }),
    { seed: 7 },
  );
});

it("a leaked token is found in any text, without asking a server", () => {
  verifies("tokens:format:known-offline");
  fc.assert(
    fc.property(tokens, fc.constantFrom(" ", '"', "=", "\n", ":", "/"), (token, border) => {
      expect(tokenPattern.exec(`key${border}${token}${border}rest`)?.[0]).toBe(token);
    }),
    { seed: 7 },
  );
});

it("a text that only looks like a token, or one in which a character was changed, is none", () => {
  verifies("tokens:format:known-offline");
  fc.assert(
    fc.property(tokens, fc.nat(45), fc.constantFrom(...base62), (token, at, other) => {
      fc.pre(token[at] !== other);
      expect(isTokenForm(token.slice(0, at) + other + token.slice(at + 1))).toBe(false);
    }),
    { seed: 7 },
  );
  const token = buildToken("personal", new Uint8Array(64)) ?? "";
  for (const text of ["", "flm_pat_", `${token}0`, token.slice(1), ` ${token}`, `${token}\n`, "flm_abc"])
    expect(isTokenForm(text)).toBe(false);
});

it("every digit is as likely as any other: a byte that would favour some is not taken", () => {
  const all = Uint8Array.from({ length: 256 }, (_, index) => index);
  const counts = new Map<string, number>();
  for (let from = 0; from < 248; from += 31) {
    const token = buildToken("personal", Uint8Array.from([...all.slice(from, from + 31), 0])) ?? "";
    for (const digit of token.slice(8, 39)) counts.set(digit, (counts.get(digit) ?? 0) + 1);
  }
  expect([counts.size, new Set(counts.values()).size]).toEqual([62, 1]);
  expect(buildToken("personal", all.slice(248))).toBeNull();
});
