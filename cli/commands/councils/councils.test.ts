import { afterEach, expect, it } from "vitest";
import { callCli } from "../../../test/support/cli-host.ts";
import { startFakeEdge } from "../../../test/support/fake-edge.ts";
import type { FakeEdge } from "../../../test/support/fake-edge.ts";
import { sampleCouncil } from "../../../test/support/sample-council.ts";

const council = sampleCouncil();
const id = council.run_id;

let edge: FakeEdge | undefined;
afterEach(async () => {
  await edge?.close();
});

it("shows who may know what, and what was said, for people and for programs", async () => {
  edge = await startFakeEdge({ getCouncil: () => council });
  const shown = await callCli(["councils", "show", id], { edge });
  expect(shown.stdout).toMatch(/doubter +w-one +handbook +ada/);
  expect(shown.stdout).toMatch(/ada +a person +- +nobody/);
  expect(shown.stdout).toContain("1. doubter, round 1, with handbook@3: I doubt it.");
  expect(shown.stdout).toContain("audience, from outside (no turn has begun since): Think of the costs.");
  const json = await callCli(["councils", "show", id, "--member", "ada", "--json"], { edge });
  expect(JSON.parse(json.stdout)).toEqual(council);
  expect(edge.requests.at(-1)?.query).toEqual({ member: "ada" });
});

it("says something, each time under a key of its own, and stops", async () => {
  edge = await startFakeEdge({ interveneInCouncil: () => council, stopCouncil: () => council });
  await callCli(["councils", "say", id, "Think of the costs.", "--as", "Ada"], { edge });
  expect(edge.requests.at(-1)?.json()).toMatchObject({
    message: "Think of the costs.",
    speaker: "Ada",
    key: expect.any(String) as string,
  });
  const stopped = await callCli(["councils", "stop", id, "--reason", "Enough."], { edge });
  expect(edge.requests.at(-1)?.json()).toEqual({ reason: "Enough." });
  expect(stopped.stderr).toContain("floom councils show");
});
