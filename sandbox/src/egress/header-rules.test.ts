import { describe, expect, it } from "vitest";
import { headersFor, hideValues, InvalidHeaderRule, readTransforms } from "./header-rules.ts";

const rule = (headers: Record<string, string>) => [{ transform: { headers } }];

describe("what is put into requests to a host", () => {
  const headers = readTransforms({
    "API.Example.com": rule({ Authorization: "Bearer a" }),
    "*.example.com": rule({ "X-Key": "b" }),
    "*.eu.example.com": rule({ "X-Key": "c" }),
    "nothing.example.com": [{}],
  });

  it.each([
    ["api.example.com", { authorization: "Bearer a" }],
    ["www.example.com", { "x-key": "b" }],
    ["a.eu.example.com", { "x-key": "c" }],
    ["eu.example.com", { "x-key": "b" }],
    ["example.com", undefined],
    ["apixexample.com", undefined],
    ["api.example.com.evil.test", undefined],
    ["93.184.216.34", undefined],
    ["__proto__", undefined],
  ])("%s: %j", (host, expected) => {
    expect(headersFor(headers, host)).toEqual(expected);
  });

  it("is of the last of several rules for one host, and shown without its values", () => {
    const twice = readTransforms({ "a.test": [...rule({ X: "1", Y: "2" }), ...rule({ x: "3" })] });
    expect(twice).toEqual({ "a.test": { x: "3", y: "2" } });
    expect(hideValues(twice)).toEqual({ "a.test": [{ transform: { headers: { x: "***", y: "***" } } }] });
  });

  it.each([
    "*",
    "*.",
    "localhost",
    "10.0.0.1",
    "*.1",
    "a.test:443",
    "https://a.test",
    "a b.test",
    "a..test",
    "ä.test",
  ])("cannot be said of %j", (host) => {
    expect(() => readTransforms({ [host]: rule({ x: "1" }) })).toThrow(InvalidHeaderRule);
  });

  it.each([
    ["host", "x"],
    ["Transfer-Encoding", "x"],
    ["content-length", "1"],
    ["connection", "x"],
    ["a b", "x"],
    ["", "x"],
    ["x", "two\r\nlines"],
    ["x", "two\nlines"],
    ["x", "zero\0"],
    ["x", "ä"],
    ["x", "${e2b.secrets.x}"],
  ])("cannot be the header %j with %j, and the refusal tells no value", (name, value) => {
    const read = () => readTransforms({ "a.test": rule({ [name]: `secret ${value}` }) });
    expect(read).toThrow(InvalidHeaderRule);
    expect(read).not.toThrow(/secret/);
  });

  it("is not told twice in two spellings", () => {
    const both = { "a.test": rule({ x: "1" }), "A.test": rule({ x: "2" }) };
    expect(() => readTransforms(both)).toThrow(InvalidHeaderRule);
  });
});
