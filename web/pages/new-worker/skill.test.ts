import { expect, test } from "vitest";
import { asWorkerName, filesOfSkill, readSkill } from "./skill.ts";

test.each([
  ["---\nname: tidy-notes\ndescription: Makes minutes.\n---\nText", "tidy-notes", "Makes minutes."],
  ["---\r\nname: \"Tidy: notes\"\r\ndescription: 'A b'\r\n---\r\nText", "Tidy: notes", "A b"],
  ["# No head\nname: none", "", ""],
  ["", "", ""],
])("a skill is read for its name and what it does: %j", (text, name, description) => {
  expect(readSkill(text)).toEqual({ name, description });
});

test("a worker of a skill has its name, or the one that it is given, whatever signs stand in it", () => {
  const text = '---\nname: Tidy: Notes!\ndescription: Says "so"\n---\nText';
  const [manifest] = filesOfSkill(text);
  expect(manifest?.content).toContain(
    'name: "tidy-notes"\ntitle: "Tidy notes"\ndescription: "Says \\"so\\""\n',
  );
  expect(filesOfSkill(text, "mine")[0]?.content).toContain('name: "mine"\ntitle: "Mine"');
  expect(asWorkerName("  Ünder  Score_x ")).toBe("nder-score-x");
});
