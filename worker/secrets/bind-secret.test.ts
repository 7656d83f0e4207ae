import { expect, it } from "vitest";
import { bindSecret, fillHeader } from "./bind-secret.ts";

const header = "Authorization: Bearer {value}";
const problemsOf = (hosts: string[], value = "sk-1", of = header) =>
  bindSecret(value, { hosts, header: of }).errors.map(({ pointer }) => pointer);

it("hosts are kept in their one spelling, each once", () => {
  const hosts = ["API.Example.com", "api.example.com.", "bücher.example.com", "ａpi.example.com"];
  expect(bindSecret("v", { hosts, header })).toEqual({
    errors: [],
    binding: { hosts: ["api.example.com", "xn--bcher-kva.example.com"], header },
  });
});

it.each([
  ["an address", "93.184.216.34"],
  ["an address in another spelling", "0x5db8d822"],
  ["an address of the newer kind", "[2606:4700::1111]"],
  ["a port", "api.example.com:8443"],
  ["a scheme", "https://api.example.com"],
  ["a path", "api.example.com/v1"],
  ["a user", "me@api.example.com"],
  ["any name below another", "*.example.com"],
  ["an escape", "api%2eexample.com"],
  ["a line", "api.example.com\n"],
  ["no name", ""],
  ["a dot", "."],
  ["this machine", "localhost"],
  ["a name of this site", "printer.local"],
  ["a name that spells an address", "127.0.0.1.nip.io"],
])("%s is no host that a secret is bound to: %j", (_what, host) => {
  expect(problemsOf([host])).toEqual(["/hosts/0"]);
});

it.each([
  ["no name", "Bearer {value}"],
  ["no place for the value", "Authorization: Bearer"],
  ["two places", "Authorization: {value} {value}"],
  ["two lines", "Authorization: {value}\r\nHost: evil.test"],
  ["where the request goes", "Host: {value}"],
  ["how it is framed", "Transfer-Encoding: {value}"],
  ["a word to a proxy", "Proxy-Authorization: {value}"],
  ["a name with a space", "A B: {value}"],
])("a header with %s is refused", (_what, of) => {
  expect(new Set(problemsOf(["api.example.com"], "v", of))).toEqual(new Set(["/header"]));
});

it.each(["two\nlines", "tab\there", "Käse", " v", "x".repeat(9000), "${e2b.secrets.mine}"])(
  "a value that no header can hold is refused where it is to be in one: %j",
  (value) => {
    const { errors } = bindSecret(value, { hosts: ["api.example.com"], header });
    expect(errors.map(({ pointer }) => pointer)).toEqual(["/value"]);
    expect(JSON.stringify(errors)).not.toContain("Käse");
  },
);

it("a value stands in its header as it is, whatever it looks like", () => {
  expect(fillHeader("X-Key: k={value};", "$&{value}$1")).toEqual({ name: "x-key", text: "k=$&{value}$1;" });
});
