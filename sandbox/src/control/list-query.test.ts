import { describe, expect, it } from "vitest";
import type { SandboxRecord } from "../host/sandbox-record.ts";
import { ApiError } from "./api-error.ts";
import { parseListQuery, selectPage } from "./list-query.ts";

function record(id: string, startedAtMs: number, changes: Partial<SandboxRecord> = {}): SandboxRecord {
  return {
    id,
    state: "running",
    key: id,
    uid: null,
    init: null,
    access_token: "t",
    template_id: "base",
    metadata: {},
    started_at_ms: startedAtMs,
    deadline_at_ms: 0,
    timeout_ms: 0,
    pause_on_timeout: false,
    auto_resume: false,
    allow_internet_access: true,
    network: null,
    ...changes,
  };
}

function select(records: SandboxRecord[], query: string): { ids: string[]; nextToken: string | null } {
  const { page, nextToken } = selectPage(records, parseListQuery(new URLSearchParams(query)));
  return { ids: page.map(({ id }) => id), nextToken };
}

describe("listing sandboxes", () => {
  const three = [record("a", 1), record("b", 3), record("c", 2)];

  it("puts the newest first unless asked otherwise", () => {
    expect(select(three, "").ids).toEqual(["b", "c", "a"]);
    expect(select(three, "order=asc").ids).toEqual(["a", "c", "b"]);
  });

  it.each(["asc", "desc"])("visits each sandbox once over the pages, also at equal times (%s)", (order) => {
    const records = ["a", "b", "c", "d", "e"].map((id) => record(id, 7));
    const seen: string[] = [];
    let token: string | null = "";
    while (token !== null) {
      const { ids, nextToken } = select(records, `limit=2&order=${order}&nextToken=${token}`);
      seen.push(...ids);
      token = nextToken;
    }
    expect(seen).toEqual(order === "asc" ? ["a", "b", "c", "d", "e"] : ["e", "d", "c", "b", "a"]);
  });

  it("offers no further page after the last", () => {
    expect(select(three, "limit=3").nextToken).toBeNull();
  });

  it("matches every metadata pair, encoded twice", () => {
    const records = [
      record("a", 1, { metadata: { "k&": "v=1", x: "y" } }),
      record("b", 2, { metadata: { x: "y" } }),
    ];
    const pairs = new URLSearchParams({
      [encodeURIComponent("k&")]: encodeURIComponent("v=1"),
      x: "y",
    }).toString();
    expect(select(records, new URLSearchParams({ metadata: pairs }).toString()).ids).toEqual(["a"]);
  });

  it("filters by state, template and start time, the time itself included", () => {
    const records = [
      record("a", 1000),
      record("b", 2000, { state: "paused" }),
      record("c", 3000, { template_id: "other" }),
    ];
    expect(select(records, "state=paused").ids).toEqual(["b"]);
    expect(select(records, "state=running,paused").ids).toEqual(["c", "b", "a"]);
    expect(select(records, "template=other").ids).toEqual(["c"]);
    expect(select(records, `startedAfter=${new Date(2000).toISOString()}`).ids).toEqual(["c", "b"]);
  });

  it.each([
    "limit=0",
    "limit=101",
    "limit=x",
    "order=up",
    "state=dead",
    "startedAfter=soon",
    "nextToken=%21",
  ])("refuses %s", (query) => {
    expect(() => parseListQuery(new URLSearchParams(query))).toThrow(ApiError);
  });
});
