import { expect, it } from "vitest";
import { CommandTable } from "./command-table.ts";
import { endEverything } from "./end-everything.ts";

it("an agent that is not the first process of a sandbox ends nothing: around it everything is somebody else's", async () => {
  expect(process.pid).not.toBe(1);
  await expect(endEverything(new CommandTable(1))).rejects.toThrow("only the first process");
});
