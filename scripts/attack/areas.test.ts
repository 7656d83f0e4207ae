import { describe, expect, it } from "vitest";
import { verifies } from "../../test/verifies.ts";
import { areas, areaTitles } from "./areas.ts";
import { knownOpen } from "./known-open.ts";
import { isListed } from "./model/judge.ts";

const attempts = areas.flatMap((area) => area.attempts);
const twice = (ids: readonly string[]): string[] => ids.filter((id, index) => ids.indexOf(id) !== index);

describe("the tables of attempts", () => {
  it("hold more than three hundred attempts, each under an id of its own", () => {
    verifies("attack:suite:three-hundred");
    expect(attempts.length).toBeGreaterThan(300);
    expect(twice(attempts.map(({ id }) => id))).toEqual([]);
    expect(twice(areas.map(({ name }) => name))).toEqual([]);
  });

  it("say of each what an attacker wants, and what is seen when it is refused", () => {
    const silent = attempts.filter(
      ({ wants, refusals }) => !/^[A-Z].*\.$/s.test(wants) || refusals.length === 0,
    );
    expect(silent.map(({ id }) => id)).toEqual([]);
    for (const { name } of areas) expect(areaTitles[name]).toBeTruthy();
  });

  it("name for each a control of the same area, whose success is no refusal", () => {
    verifies("attack:judge:control-must-work");
    for (const area of areas) {
      const controls = new Set(area.controls.map(({ id }) => id));
      const lost = area.attempts.filter(({ control }) => !controls.has(control));
      expect(lost.map(({ id }) => id)).toEqual([]);
    }
  });

  it("never take every sighting for a refusal", () => {
    verifies("attack:judge:blocked-needs-proof");
    const credulous = attempts.filter(({ refusals }) =>
      refusals.some((refusal) => refusal === "*" || refusal === ""),
    );
    expect(credulous.map(({ id }) => id)).toEqual([]);
  });

  it("hold every attempt that is known to get through", () => {
    verifies("attack:report:known-and-open");
    const unknown = Object.keys(knownOpen).filter((open) => !attempts.some(({ id }) => isListed(id, [open])));
    expect(unknown).toEqual([]);
  });
});
