import { expect, it } from "vitest";
import { KvInMemory } from "../../test/support/workerd/kv-in-memory.ts";
import { RunStorage } from "../runs/record/run-storage.ts";
import { takePen } from "./run-pen.ts";

it("what comes back to a run that was forgotten meanwhile writes neither memory nor row nor alarm", async () => {
  const kv = new KvInMemory();
  const written: string[] = [];
  const { pen, layDown } = takePen({
    storage: new RunStorage(kv as unknown as SyncKvStorage, { rows: 0 }),
    project: async () => written.push("row"),
    armWake: () => void written.push("alarm"),
    disarmWake: () => void written.push("no alarm"),
  });
  const write = async () => {
    pen.storage.saveUploads({ attempt: 1, files: 1, bytes: 1 });
    pen.armWake(1);
    pen.disarmWake();
    // What the row says is of no account here.
    return pen.project({} as never, {} as never);
  };
  expect(await write()).toBe(3);
  expect(written).toEqual(["alarm", "no alarm", "row"]);

  kv.entries.clear();
  layDown();
  expect(await write()).toBe(0);
  expect(kv.entries.size).toBe(0);
  expect(written).toEqual(["alarm", "no alarm", "row"]);
});
