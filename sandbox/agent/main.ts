// The program that runs inside every local sandbox: E2B's envd in small. The host passes a listening socket as
// descriptor 3; `--listen <path>` makes one instead, for running the agent by itself. It starts from a snapshot of
// itself where one was taken, and as it stands else.
import { startAgent } from "./start-agent.ts";

const { startupSnapshot } = process.getBuiltinModule("node:v8");

if (startupSnapshot.isBuildingSnapshot()) startupSnapshot.setDeserializeMainFunction(startAgent);
else startAgent();
