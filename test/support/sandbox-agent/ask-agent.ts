import { execFileSync } from "node:child_process";
import { join } from "node:path";

const sandboxDir = join(import.meta.dirname, "../../../sandbox");

/**
 * What a piece of Python says in which the agent's modules are at hand (`from agent.journal import ...`): the JSON of its
 * variable `answer`. It runs with as little as the agent itself, and gets `given` as a variable of that name. Throws what
 * Python throws.
 */
export function askAgent(code: string, given: unknown = null): unknown {
  const whole = [
    "import sys",
    "sys.path.insert(0, sys.argv[1])",
    "import json",
    "given = json.loads(sys.argv[2])",
    code,
    "print(json.dumps(answer))",
  ].join("\n");
  const args = ["-I", "-S", "-B", "-c", whole, sandboxDir, JSON.stringify(given)];
  return JSON.parse(execFileSync("/usr/bin/python3", args, { encoding: "utf8" }));
}
