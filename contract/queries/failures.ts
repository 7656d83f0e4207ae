const failure = (kind: "worker" | "limit", message: string, hint: string) => ({
  kind,
  message,
  hint,
  retryable: false,
});

/** Ways in which the run of a query worker can end besides those of every run. */
export const queryFailures = {
  record_not_found: failure(
    "worker",
    "There is no record of that id.",
    "Look for it with the action filter or search.",
  ),
  query_refused: failure(
    "worker",
    "The query would do what a query worker may not.",
    "The message says what; a query reads the declared columns of its table, by functions that are known.",
  ),
  query_timeout: failure(
    "limit",
    "The query took longer than it may.",
    "Ask for less, add an index to the SQLite file, or raise query.timeout_seconds in worker.yml.",
  ),
  query_too_large: failure(
    "limit",
    "The query would make more than it may.",
    "Ask for fewer or shorter values.",
  ),
  source_missing: failure(
    "worker",
    "The data that the worker asks is not there.",
    "The message says which file or host; see query.source in worker.yml.",
  ),
  source_too_large: failure(
    "limit",
    "The data is larger than a query worker loads.",
    "Keep it in a SQLite file, which is read as it is.",
  ),
  source_unsupported: failure(
    "worker",
    "The data is of a kind that is not read.",
    "Write it as csv, tsv, json, ndjson or a SQLite file.",
  ),
  invalid_source: failure(
    "worker",
    "The data is not what worker.yml declares.",
    "The message says where; correct the data, or query.columns in worker.yml.",
  ),
} as const;
