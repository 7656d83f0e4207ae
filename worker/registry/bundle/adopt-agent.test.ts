import { expect, it } from "vitest";
import { adoptAgent } from "./adopt-agent.ts";
import { fileOf } from "./bundle-file.ts";

const folder = (...paths: string[]) => paths.map((path) => fileOf(path, new TextEncoder().encode(path)));
const namesOf = (...paths: string[]) => adoptAgent(folder(...paths)).map(({ path }) => path);

it("takes agent.yaml for worker.yml where there is none, at the top of the folder alone", async () => {
  expect(namesOf("agent.yaml", "a.txt")).toEqual(["worker.yml", "a.txt"]);
  expect(namesOf("agent.yml")).toEqual(["worker.yml"]);
  expect(namesOf("agent.yml", "agent.yaml")).toEqual(["agent.yml", "worker.yml"]);
  expect(namesOf("worker.yml", "agent.yaml")).toEqual(["worker.yml", "agent.yaml"]);
  expect(namesOf("below/agent.yaml", "run.py")).toEqual(["below/agent.yaml", "run.py"]);
  const [adopted] = adoptAgent(folder("agent.yaml"));
  expect(new TextDecoder().decode(await adopted?.read())).toBe("agent.yaml");
});
