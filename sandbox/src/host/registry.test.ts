import fs from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Registry } from "./registry.ts";
import type { SandboxRecord } from "./sandbox-record.ts";

const record: SandboxRecord = {
  id: "i1",
  state: "starting",
  key: "k1",
  uid: 700_000,
  init: null,
  access_token: "t",
  template_id: "base",
  metadata: { name: "Zoë & co" },
  started_at_ms: 1,
  deadline_at_ms: 2,
  timeout_ms: 1,
  pause_on_timeout: false,
  auto_resume: false,
  allow_internet_access: true,
  network: { allowOut: ["1.1.1.1"] },
};

describe("Registry", () => {
  let dir: string;
  let file: string;
  beforeEach(() => {
    dir = fs.mkdtempSync(path.join(tmpdir(), "registry-"));
    file = path.join(dir, "r.sqlite");
  });
  afterEach(() => fs.rmSync(dir, { recursive: true }));

  it("has a saved record at once in a second process's view of the file", () => {
    const first = new Registry(file);
    first.save(record);
    const second = new Registry(file);
    expect(second.find("i1")).toEqual(record);
    first.close();
    second.close();
  });

  it("keeps the last state of a record", () => {
    const registry = new Registry(file);
    registry.save(record);
    registry.save({ ...record, state: "running", init: { pid: 7, start_ticks: 9 } });
    registry.close();
    const reopened = new Registry(file);
    expect(reopened.list()).toEqual([{ ...record, state: "running", init: { pid: 7, start_ticks: 9 } }]);
    reopened.close();
  });

  it("does not start on a record that it cannot read, lest a sandbox be taken for another's", () => {
    const registry = new Registry(file);
    registry.save(record);
    registry.close();
    const database = new DatabaseSync(file);
    database.exec(`UPDATE sandboxes SET record = json_set(record, '$.state', 'flying')`);
    database.close();
    expect(() => new Registry(file)).toThrow(/"state"/);
  });

  it("forgets a removed record for good", () => {
    const registry = new Registry(file);
    registry.save(record);
    registry.remove("i1");
    expect(registry.find("i1")).toBeUndefined();
    registry.close();
    const reopened = new Registry(file);
    expect(reopened.list()).toEqual([]);
    reopened.close();
  });
});
