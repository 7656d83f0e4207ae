import { expect, test } from "vitest";
import { verifies } from "../../test/verifies.ts";
import { forgetToken, readToken, saveToken, takeTokenFromAddress } from "./session.ts";

function memoryStorage() {
  const items = new Map<string, string>();
  return {
    getItem: (key: string) => items.get(key) ?? null,
    setItem: (key: string, value: string) => void items.set(key, value),
    removeItem: (key: string) => void items.delete(key),
  };
}

test("a token in the address is kept and taken out of the address", () => {
  const storage = memoryStorage();
  const addresses: unknown[] = [];
  const history = {
    replaceState: (_: unknown, __: string, url?: string | URL | null) => void addresses.push(url),
  };
  takeTokenFromAddress({ hash: "#token=flm_abc", pathname: "/runs/run_1", search: "?x=1" }, history, storage);
  expect(readToken(storage)).toBe("flm_abc");
  expect(addresses).toEqual(["/runs/run_1?x=1"]);
});

test("a link cannot put somebody else's token in the place of the one that is kept", () => {
  verifies("web:sign-in:link-replaces-no-token-unasked");
  const storage = memoryStorage();
  const addresses: unknown[] = [];
  const history = {
    replaceState: (_: unknown, __: string, url?: string | URL | null) => void addresses.push(url),
  };
  const open = (hash: string) => takeTokenFromAddress({ hash, pathname: "/", search: "" }, history, storage);
  expect(open("#token=mine")).toBeUndefined();
  expect(open("#token=theirs")).toBe("theirs");
  expect(readToken(storage)).toBe("mine");
  // It leaves the address all the same, and neither the same token nor none is worth a question.
  expect(addresses).toEqual(["/", "/"]);
  expect([open("#token=mine"), open("#token="), readToken(storage)]).toEqual([undefined, undefined, "mine"]);
});

test("an address without a token changes nothing", () => {
  const storage = memoryStorage();
  const history = { replaceState: () => expect.unreachable() };
  takeTokenFromAddress({ hash: "#section", pathname: "/", search: "" }, history, storage);
  expect(readToken(storage)).toBeUndefined();
});

test("a pasted token is kept without the white space around it, and can be forgotten", () => {
  const storage = memoryStorage();
  saveToken(storage, " flm_abc\n");
  expect(readToken(storage)).toBe("flm_abc");
  forgetToken(storage);
  expect(readToken(storage)).toBeUndefined();
  saveToken(storage, "  ");
  expect(readToken(storage)).toBeUndefined();
});
