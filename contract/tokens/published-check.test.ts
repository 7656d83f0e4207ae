import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import fc from "fast-check";
import { expect, it } from "vitest";
import { verifies } from "../../test/verifies.ts";
import { buildToken, isTokenForm, tokenPattern } from "./format.ts";

const page = readFileSync(
  join(resolve(import.meta.dirname, "..", ".."), "docs", "how-to", "tokens.md"),
  "utf8",
);

it("the pattern and the check that are published for scanners say of every text what we do", () => {
  verifies("tokens:format:known-offline");
  const [, pattern] = /```text\n(.+)\n```/.exec(page) ?? [];
  expect(pattern).toBe(tokenPattern.source);
  const [, code = ""] = /```python\n([\s\S]+?)```/.exec(page) ?? [];
  const chance = fc.uint8Array({ minLength: 64, maxLength: 64 });
  const tokens = fc
    .sample(chance, { seed: 7, numRuns: 50 })
    .flatMap((bytes) => [buildToken("personal", bytes), buildToken("service", bytes)])
    .filter((token) => token !== null);
  const texts = tokens.flatMap((token) => [
    token,
    `${token.slice(0, -1)}0`,
    token.toUpperCase(),
    token.slice(1),
  ]);
  const asks = `${code}\nimport json, sys\nprint(json.dumps([is_floom_token(t) for t in json.load(sys.stdin)]))`;
  const { stdout } = spawnSync("/usr/bin/python3", ["-c", asks], {
    input: JSON.stringify(texts),
    encoding: "utf8",
  });
  expect(JSON.parse(stdout)).toEqual(texts.map(isTokenForm));
});
