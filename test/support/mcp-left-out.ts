/** A scenario that looks for a tool, a resource or a prompt by a name of the suite's own. */
export interface ByFixture {
  revision: "2025-11-25" | "2026-07-28";
  scenario: string;
  /** Those of its checks that are meant; all where it says nothing. */
  checks?: string[];
}

const named = [
  "completion-complete",
  "json-schema-2020-12",
  "prompts-get-embedded-resource",
  "prompts-get-simple",
  "prompts-get-with-args",
  "prompts-get-with-image",
  "resources-read-binary",
  "resources-read-text",
  "resources-templates-read",
];

/** Those in which a tool asks the client's person something within its call: no worker asks by a form of its own. */
const asking = ["tools-call-elicitation", "elicitation-sep1034-defaults", "elicitation-sep1330-enums"];

/** What is judged with such names in place of a workspace's own, by test/conformance/mcp. */
export const byFixtures: ByFixture[] = [
  ...named.map((scenario): ByFixture => ({ revision: "2025-11-25", scenario })),
  ...named.map((scenario): ByFixture => ({ revision: "2026-07-28", scenario })),
  ...asking.map((scenario): ByFixture => ({ revision: "2025-11-25", scenario })),
  { revision: "2026-07-28", scenario: "caching" },
  {
    revision: "2026-07-28",
    scenario: "server-stateless",
    checks: [
      "sep-2575-server-sends-tools-list-changed-on-subscription",
      "sep-2575-server-sends-prompts-list-changed-on-subscription",
    ],
  },
];

/** What the public suite asks of a server that is not asked of this one, and why. */
export interface LeftOut {
  reason: string;
  /** Scenarios, or single checks of a scenario as `scenario/check`. */
  names: string[];
}

/** The checks of `byFixtures` as the suite names them against a workspace: no workspace can have what they look for. */
export const madeUpNames: ReadonlySet<string> = new Set(
  byFixtures
    .filter(({ scenario }) => scenario !== "caching")
    .flatMap(({ scenario, checks }) => checks?.map((check) => `${scenario}/${check}`) ?? [scenario]),
);

/** What a scenario of `--requirements` is not judged by; everything else must pass without a warning. */
export const leftOut: LeftOut[] = [
  {
    reason:
      "Validates a header against an argument that a tool's schema marks by `x-mcp-header`. A tool's schema is made from a worker's declared inputs, and nothing makes that mark: \"servers MAY\" have it (2026-07-28, Streamable HTTP, custom headers).",
    names: ["http-custom-header-server-validation"],
  },
  {
    reason:
      "Asks the client's own model in the middle of a call: nothing here asks one, and the protocol gives it up (2026-07-28).",
    names: ["tools-call-sampling"],
  },
  {
    reason:
      "Needs something kept between requests: a session that ends, a subscription or a level of logging. None of them is declared, and the protocol has each as optional.",
    names: [
      "server-session-lifecycle",
      "server-sse-polling",
      "resources-subscribe",
      "resources-unsubscribe",
      "logging-set-level",
      "tools-call-with-logging",
    ],
  },
  {
    reason:
      "Needs a tool that answers `input_required`, or cannot work without something of the client: a run asks a person by an approval instead. Some pass because the tool is not there, which shows nothing.",
    names: [
      "input-required-result-basic-elicitation",
      "input-required-result-basic-sampling",
      "input-required-result-basic-list-roots",
      "input-required-result-request-state",
      "input-required-result-multiple-input-requests",
      "input-required-result-multi-round",
      "input-required-result-missing-input-response",
      "input-required-result-non-tool-request",
      "input-required-result-result-type",
      "input-required-result-tampered-state",
      "input-required-result-capability-check",
      "input-required-result-ignore-extra-params",
      "input-required-result-validate-input",
      "server-stateless/sep-2575-server-rejects-undeclared-capability",
      "server-stateless/sep-2575-missing-capability-http-400",
      "server-stateless/sep-2575-http-server-no-independent-requests-on-stream",
    ],
  },
  {
    reason:
      "Judges what a tool has sent half a second after its call; a worker's run may well take longer than that.",
    names: ["server-stateless/sep-2575-server-no-log-without-loglevel"],
  },
  {
    reason:
      "Asks two things at once: a run asks people one thing at a time. Or has a tool that answers by an error of the protocol: a run that fails is a result that says so.",
    names: [
      "tasks-mrtr-input/tasks-mrtr-partial-fulfillment",
      "tasks-lifecycle/sep-2663-tasks-get-status-failed",
    ],
  },
  {
    reason:
      "Compares a tool's text letter by letter; a tool here tells its run, and the text is among its outputs.",
    names: ["tasks-request-headers/tasks-headers-tolerate-mcp-method-on-tools-call"],
  },
  {
    reason:
      "Needs a tool that only works as a task, or that asks before it starts: each here gives its run's id to a client without tasks, and starts before it asks. The suite itself skips the notifications.",
    names: ["tasks-status-notifications", "tasks-required-task-error", "tasks-mrtr-composition"],
  },
];
