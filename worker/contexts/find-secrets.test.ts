import { expect, it } from "vitest";
import { findSecrets } from "./find-secrets.ts";

const look = (text: string, path = "notes.md") => findSecrets(path, new TextEncoder().encode(text));

it.each([
  ["an AWS access key", `id = AKIA${"A1".repeat(8)}`],
  ["a GitHub token", `ghp_${"a".repeat(36)}`],
  ["a Slack token", "xoxb-1234567890-abcdef"],
  ["an OpenAI or Anthropic key", `sk-ant-${"x".repeat(24)}`],
  ["a private key", "-----BEGIN OPENSSH PRIVATE KEY-----"],
  ["a password in an address", "postgres://user:hunter22@db.example/x"],
  ["a key or password", `"api_key": "${"0123456789abcdef"}"`],
])("%s is found by line", (pattern, text) => {
  expect(look(`first\n\n${text}\n`)).toEqual([{ path: "notes.md", line: 3, pattern }]);
});

it("prose about secrets is none", () => {
  const prose = "Set the secret with floom secrets set NAME.\nThe password: ask Ada.\napi_key = <your key>\n";
  expect(look(prose)).toEqual([]);
});

it("a secret is found behind zero bytes, and far down a line without end", () => {
  expect(look(`\0\0\0AKIA${"A".repeat(16)}`)).toHaveLength(1);
  expect(look(`${"x ".repeat(40_000)}AKIA${"A".repeat(16)}`)).toHaveLength(1);
});

it("a file's name is enough, but for an example's", () => {
  expect(look("", ".env")).toEqual([{ path: ".env", line: null, pattern: "a file that holds secrets" }]);
  expect(look("", ".env.example")).toEqual([]);
});
