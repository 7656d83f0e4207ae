import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { platformToolNames } from "#contract/tools/names";
import { changeSkill, skillText } from "./skill-file.ts";

let homeDir = "";
beforeEach(() => {
  homeDir = mkdtempSync(join(tmpdir(), "floom-skill-"));
});
afterEach(() => rmSync(homeDir, { recursive: true }));

const put = (isDry = false) => changeSkill("claude", { homeDir, isIn: true, isDry });
const take = (isDry = false) => changeSkill("claude", { homeDir, isIn: false, isDry });

it("a skill is written once, and goes with its folder", () => {
  expect([put(true)?.state, existsSync(join(homeDir, ".claude"))]).toEqual(["written", false]);
  const written = put();
  const file = written?.file ?? "";
  expect([written?.state, readFileSync(file, "utf8")]).toEqual(["written", skillText]);
  expect(put()?.state).toBe("unchanged");
  expect([take(true)?.state, existsSync(file)]).toEqual(["removed", true]);
  expect([take()?.state, existsSync(join(homeDir, ".claude", "skills", "floom"))]).toEqual([
    "removed",
    false,
  ]);
  expect(take()?.state).toBe("unchanged");
});

it("what a person has changed of it is left as it is, whatever is asked", () => {
  const file = put()?.file ?? "";
  writeFileSync(file, `${skillText}\nMine.\n`);
  expect([put()?.state, take()?.state]).toEqual(["kept", "kept"]);
  expect(readFileSync(file, "utf8")).toContain("Mine.");
});

it("a client without a place for skills gets none", () => {
  expect(changeSkill("vscode", { homeDir, isIn: true, isDry: false })).toBeNull();
});

it("every tool that the skill names is one", () => {
  const named = [...skillText.matchAll(/`([a-z]+_[a-z_]+)`/g)].map(([, name]) => name);
  const fields = ["approval_required", "decide_at"];
  expect(
    named.filter((name) => name !== undefined && !platformToolNames.has(name) && !fields.includes(name)),
  ).toEqual([]);
});
