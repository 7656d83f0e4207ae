import { expect, it } from "vitest";
import { askAgent } from "../../test/support/sandbox-agent/ask-agent.ts";

/** A sandbox whose time is a number, looked at twice a second as the agent does. */
const prelude = `
from agent.clock import ActiveClock, Lifetime
now = 1_000_000
ended = []
clock = ActiveClock(lambda: now)
lifetime = Lifetime(clock, lambda cause, _message: ended.append(cause), lambda: now)
def live_until(at):
    global now
    while now < at:
        now = min(at, now + 500)
        lifetime.tick()
`;

const ask = (code: string): unknown => askAgent(prelude + code);

it("never ends a sandbox that was given no deadline", () => {
  expect(ask("live_until(2_000_000)\nanswer = ended")).toEqual([]);
});

it("waits five seconds beyond the deadline for the host to do it", () => {
  const told = ask(`
lifetime.set_deadline(1_010_000)
live_until(1_014_999)
before = len(ended)
live_until(1_015_000)
answer = [before, ended]`);
  expect(told).toEqual([0, ["deadline"]]);
});

it("takes the latest deadline, earlier or later", () => {
  const told = ask(`
lifetime.set_deadline(1_010_000)
lifetime.set_deadline(1_100_000)
live_until(1_050_000)
before = len(ended)
lifetime.set_deadline(1_040_000)
live_until(1_055_500)
answer = [before, ended[0]]`);
  expect(told).toEqual([0, "deadline"]);
});

it("gives the grace anew after a pause, so that a resuming host can move the deadline first", () => {
  const told = ask(`
lifetime.set_deadline(1_010_000)
live_until(1_002_000)
now = 1_500_000
lifetime.tick()
live_until(1_504_500)
before = len(ended)
live_until(1_505_000)
answer = [before, ended]`);
  expect(told).toEqual([0, ["deadline"]]);
});

it("does not count a pause as active time", () => {
  const told = ask(`
before = clock.active_ms()
live_until(1_003_000)
now = 9_000_000
clock.active_ms()
live_until(9_002_000)
answer = clock.active_ms() - before`);
  expect(told).toBe(5_000);
});
