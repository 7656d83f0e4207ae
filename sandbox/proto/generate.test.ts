import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { expect, it } from "vitest";

it("the checked-in code is what the proto files give", () => {
  const check = () => execFileSync(process.execPath, [join(import.meta.dirname, "generate.ts"), "--check"]);
  expect(check).not.toThrow();
});
