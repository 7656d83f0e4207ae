import { describe, expect, it } from "vitest";
import { verifies } from "../../../test/verifies.ts";
import type { Attempt } from "./attempt.ts";
import { isListed, judge } from "./judge.ts";
import type { Evidence } from "./judge.ts";

const attempt: Attempt = {
  id: "host:shadow",
  area: "host",
  wants: "Read the passwords.",
  kind: "inside",
  refusals: ["EACCES", "404*"],
  control: "host:control",
};
const worked = { "host:control": "read 64 bytes" };

function verdictOf(sightings: Record<string, string>, more: Partial<Evidence> = {}): string | undefined {
  const evidence: Evidence = {
    attempts: [attempt],
    controls: [{ id: "host:control", works: ["read*"] }],
    sightings: new Map(Object.entries(sightings)),
    has: new Set(),
    knownOpen: {},
    ...more,
  };
  return judge(evidence)[0]?.verdict;
}

describe("the judge of attempts", () => {
  it("calls blocked only what was seen to be refused", () => {
    verifies("attack:judge:blocked-needs-proof");
    expect(verdictOf({ ...worked, "host:shadow": "EACCES" })).toBe("blocked");
    expect(verdictOf({ ...worked, "host:shadow": "404 not_found" })).toBe("blocked");
  });

  it("counts an answer that nobody thought of as got through", () => {
    verifies("attack:judge:blocked-needs-proof");
    for (const saw of ["read 64 bytes", "EACCES and more", "500 internal", "", "raised TypeError: x"])
      expect(verdictOf({ ...worked, "host:shadow": saw })).toBe("got_through");
  });

  it("believes no refusal when the control did not work, or is missing", () => {
    verifies("attack:judge:control-must-work");
    expect(verdictOf({ "host:control": "ENOENT", "host:shadow": "EACCES" })).toBe("unproved");
    expect(verdictOf({ "host:shadow": "EACCES" })).toBe("unproved");
    expect(verdictOf({ ...worked, "host:shadow": "EACCES" }, { controls: [] })).toBe("unproved");
  });

  it("leaves what was not seen unproved", () => {
    verifies("attack:judge:control-must-work");
    expect(verdictOf(worked)).toBe("unproved");
  });

  it("does not try what needs more than there is at hand", () => {
    const needy: Attempt = { ...attempt, needs: "own_system" };
    const evidence = { ...worked, "host:shadow": "EACCES" };
    expect(verdictOf(evidence, { attempts: [needy] })).toBe("not_tried");
    expect(verdictOf(evidence, { attempts: [needy], has: new Set(["own_system"]) })).toBe("blocked");
  });

  it("counts what is known and open as got through all the same, with its reason", () => {
    verifies("attack:report:known-and-open");
    const [judged] = judge({
      attempts: [attempt],
      controls: [{ id: "host:control", works: ["read*"] }],
      sightings: new Map(Object.entries({ ...worked, "host:shadow": "read 64 bytes" })),
      has: new Set(),
      knownOpen: { "host:sha*": "Nobody minds." },
    });
    expect(judged).toMatchObject({ verdict: "got_through", open: "Nobody minds." });
  });
});

describe("a list of sightings", () => {
  it("is met by a whole sighting, or by the beginning of one", () => {
    expect(isListed("401 unauthenticated", ["401*"])).toBe(true);
    expect(isListed("401 unauthenticated", ["401"])).toBe(false);
    expect(isListed(" EPERM ", ["EPERM"])).toBe(true);
    expect(isListed("", ["x", "401*"])).toBe(false);
  });
});
