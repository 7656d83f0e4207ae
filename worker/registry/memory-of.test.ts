import { expect, it } from "vitest";
import { workerNameSchema } from "#contract/ids";
import { memoryOf } from "./memory-of.ts";

const name = workerNameSchema.parse("research-brief");

it("reads every way in which a memory is declared", () => {
  const folderOf = (memory: Parameters<typeof memoryOf>[0]["memory"]) => memoryOf({ name, memory })?.folder;
  for (const none of [undefined, null, false, "disabled", { enabled: false, name: "lessons" }])
    expect(folderOf(none)).toBeUndefined();
  for (const usual of [true, "enabled", { enabled: true }])
    expect(folderOf(usual)).toBe("memory-research-brief");
  for (const named of ["lessons", { name: "lessons" }, { pack_name: "lessons" }, { context: "lessons" }])
    expect(folderOf(named)).toBe("lessons");
  expect(memoryOf({ name, memory: { writeable_when: { input: "mode", equals: "teach" } } })).toEqual({
    folder: "memory-research-brief",
    writeableWhen: { input: "mode", equals: "teach" },
  });
});
