import { describe, expect, it } from "vitest";
import { planBuild, UnbuildableTemplate } from "./plan-build.ts";
import type { BuildOrder } from "./plan-build.ts";

const BASE = { below: "", envs: { LEVEL: "base" } };
const layersOf = (steps: BuildOrder["steps"], base = BASE): string[] =>
  planBuild({ steps }, base).commands.map(({ layer }) => layer);

describe("the plan of a template's build", () => {
  it("gives each command the variables, user and folder that were set before it", () => {
    const plan = planBuild(
      {
        steps: [
          { type: "ENV", args: ["A", "1", "LEVEL", "own"] },
          { type: "WORKDIR", args: ["/srv"] },
          { type: "RUN", args: ["one"] },
          { type: "USER", args: ["root"] },
          { type: "ENV", args: ["A", "2"] },
          { type: "RUN", args: ["two"] },
          { type: "RUN", args: ["three", "user"], force: true },
        ],
      },
      BASE,
    );
    expect(plan.envs).toEqual({ A: "2", LEVEL: "own" });
    expect(plan.commands).toMatchObject([
      {
        step: 3,
        command: "one",
        asRoot: false,
        envs: { A: "1", LEVEL: "own" },
        workdir: "/srv",
        force: false,
      },
      {
        step: 6,
        command: "two",
        asRoot: true,
        envs: { A: "2", LEVEL: "own" },
        workdir: "/srv",
        force: false,
      },
      {
        step: 7,
        command: "three",
        asRoot: false,
        envs: { A: "2", LEVEL: "own" },
        workdir: "/srv",
        force: true,
      },
    ]);
  });

  it("makes a layer anew when anything changes that it may depend on, and only then", () => {
    const steps = [
      { type: "RUN", args: ["one", "root"] },
      { type: "RUN", args: ["two", "root"] },
    ];
    const [one, two] = layersOf(steps);
    expect(layersOf(steps)).toEqual([one, two]);
    const [, other] = layersOf([
      { type: "RUN", args: ["else", "root"] },
      { type: "RUN", args: ["two", "root"] },
    ]);
    expect(other).not.toBe(two);
    for (const changed of [
      layersOf([{ type: "RUN", args: ["one"] }]),
      layersOf([
        { type: "ENV", args: ["A", "1"] },
        { type: "RUN", args: ["one", "root"] },
      ]),
      layersOf([
        { type: "WORKDIR", args: ["/srv"] },
        { type: "RUN", args: ["one", "root"] },
      ]),
      layersOf(steps, { ...BASE, below: "f".repeat(32) }),
    ])
      expect(changed[0]).not.toBe(one);
  });

  it("runs every command again when the whole build is forced", () => {
    const { commands } = planBuild({ force: true, steps: [{ type: "RUN", args: ["one"] }] }, BASE);
    expect(commands[0]?.force).toBe(true);
  });

  it("names the step that local templates do not have", () => {
    const copy = {
      steps: [
        { type: "RUN", args: ["one"] },
        { type: "COPY", args: ["a", "b"] },
      ],
    };
    expect(() => planBuild(copy, BASE)).toThrow(
      expect.objectContaining({
        name: UnbuildableTemplate.name,
        step: 2,
        message: expect.stringContaining("COPY"),
      }),
    );
  });
});
