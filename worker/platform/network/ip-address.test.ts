import { expect, it } from "vitest";
import { isAddress, isAddressBlock, isInBlocks, isPublicAddress } from "./ip-address.ts";

it.each([
  ["192.0.2.7", "192.0.2.7", true],
  ["192.0.2.7", "192.0.2.8", false],
  ["192.0.2.7", "192.0.2.0/24", true],
  ["192.0.3.7", "192.0.2.0/24", false],
  ["192.0.2.129", "192.0.2.128/25", true],
  ["10.1.2.3", "0.0.0.0/0", true],
  ["::ffff:192.0.2.7", "192.0.2.0/24", true],
  ["192.0.2.7", "::ffff:192.0.2.0/120", true],
  ["2001:db8::1", "2001:db8::/32", true],
  ["2001:db9::1", "2001:db8::/32", false],
  ["2001:db8:0:0:0:0:0:1", "2001:db8::1", true],
  ["192.0.2.7", "::/0", false],
  ["2001:db8::1", "0.0.0.0/0", false],
  ["nonsense", "0.0.0.0/0", false],
  ["192.0.2.07", "192.0.2.7", false],
  ["2001:db8::1", "2001:db8::2", false],
  ["2001:db8:0:1::1", "2001:db8::/64", false],
  ["2001:db8::ffff", "2001:db8::/64", true],
])("%s in %s: %s", (address, block, expected) => {
  expect(isInBlocks(address, [block])).toBe(expected);
});

it("one block of several is enough, and one that cannot be read lets in nobody and stops nobody", () => {
  expect(isInBlocks("192.0.2.7", ["10.0.0.0/8", "nonsense", "192.0.2.0/24"])).toBe(true);
  expect(isInBlocks("192.0.2.7", ["10.0.0.0/8", "nonsense"])).toBe(false);
  expect(isInBlocks("192.0.2.7", [])).toBe(false);
});

it("brackets stand around a whole address, or it is none", () => {
  expect(isAddress("[2001:db8::1]")).toBe(true);
  for (const text of ["[::1", "::1]", ":[:1]", "[::1]2", "[]"]) expect(isAddress(text)).toBe(false);
});

it("what is no block is said to be none", () => {
  for (const text of ["1.2.3.4/1.5", "1.2.3.4/-1", "::ffff:1.2.3.4/95", "1.2.3.4/x"])
    expect(isAddressBlock(text)).toBe(false);
  for (const text of ["1.2.3", "1.2.3.4/33", "1.2.3.4/", "::/129", "1::2::3", "g::", "1.2.3.256", "12345::"])
    expect(isAddressBlock(text)).toBe(false);

  expect(isAddressBlock("2001:db8::/32")).toBe(true);
});

it.each(["8.8.8.8", "2606:4700::1111", "[2a00:1450::1]"])("%s is of the public internet", (address) => {
  expect(isPublicAddress(address)).toBe(true);
});

it.each([
  "127.0.0.1",
  "::ffff:8.8.8.8",
  "64:ff9b::808:808",
  "2002:808::1",
  "3fff:fff::1",
  "fe80::1%eth0",
  "8.8.8",
  "",
])("%s is not", (address) => {
  expect(isPublicAddress(address)).toBe(false);
});
