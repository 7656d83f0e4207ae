import { buildAgent } from "../../sandbox/agent/build.ts";
import type { BuildTarget } from "./stale.ts";

/** The program inside every local sandbox, bundled into one file. */
export const agentTarget: BuildTarget = {
  name: "agent",
  inputs: ["sandbox/**/*.ts"],
  output: "dist/sandbox/agent.mjs",
  build: (outFile) => buildAgent(outFile),
};
