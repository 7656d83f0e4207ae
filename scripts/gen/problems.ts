import { problems } from "#contract/problem-registry";
import { failureCodes } from "#contract/runs/run-failure";
import { buildTable, code, openPage } from "./generator.ts";
import type { Generator } from "./generator.ts";

const turns: Record<string, string> = {
  worker: "the author of the worker",
  limit: "whoever sets the limit",
  policy: "whoever sets the policy",
  cancelled: "nobody: somebody cancelled it",
  platform: "ours",
};

export const problemsPage: Generator = {
  file: "docs/reference/problems.md",
  render: async () =>
    [
      openPage("Problems and failures", "contract/<noun>/problems.ts and contract/runs/run-failure.ts"),
      "## Problems\n",
      "A refused request is answered with an `application/problem+json` document (RFC 9457). Its `code` is one of these; `retryable` ones carry `Retry-After`.\n",
      ...Object.entries(problems).map(([name, problem]) =>
        [
          `### ${name}\n`,
          `**${problem.status}** ${problem.title}.${problem.retryable ? " Retryable." : ""}\n`,
          `${problem.remedy}\n`,
        ].join("\n"),
      ),
      "## Failures of a run\n",
      "A run that was accepted and then failed is not a refused request: its `failure` says what happened, and `kind` whose turn it is.\n",
      buildTable(
        ["Code", "Kind", "Whose turn", "What happened", "What to do", "Retryable"],
        Object.entries(failureCodes).map(([name, failure]) => [
          code(name),
          failure.kind,
          turns[failure.kind] ?? "",
          failure.message,
          failure.hint,
          failure.retryable ? "yes" : "no",
        ]),
      ),
      "",
    ].join("\n"),
};
