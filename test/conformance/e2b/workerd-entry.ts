// The Worker that runs the suite inside workerd: one request runs one case and answers how it went.
import { runCase } from "./suite/case.ts";
import type { Target } from "./suite/case.ts";
import { suites } from "./suite/all.ts";
import type { SuiteName } from "./suite/all.ts";

/** What the test sends: which case, against which server. */
export interface CaseRequest {
  suite: SuiteName;
  name: string;
  target: Target;
}

export interface CaseOutcome {
  failure?: string;
}

export default {
  async fetch(request: Request): Promise<Response> {
    const { suite, name, target }: CaseRequest = await request.json();
    return Response.json(await outcomeOf(suite, name, target));
  },
};

async function outcomeOf(suite: SuiteName, name: string, target: Target): Promise<CaseOutcome> {
  const testCase = suites[suite].find((candidate) => candidate.name === name);
  if (testCase === undefined) return { failure: `no case "${name}" in ${suite}` };
  try {
    await runCase(testCase, target);
    return {};
  } catch (error) {
    return { failure: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}
