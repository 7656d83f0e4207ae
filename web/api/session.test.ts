import { expect, test } from "vitest";
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
