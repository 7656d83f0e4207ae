import { runIdSchema } from "#contract/ids";
import { failureKindSchema } from "#contract/runs/run-failure";
import { usageError } from "../../cli-error.ts";

interface Filters {
  worker: string | undefined;
  code: string | undefined;
  kind: string | undefined;
  since: string | undefined;
}

/** The filters as the API takes them. */
export function readFilters({ worker, code, kind, since }: Filters) {
  return {
    ...(worker === undefined ? {} : { worker_id: worker }),
    ...(code === undefined ? {} : { code }),
    ...(kind === undefined ? {} : { kind: failureKindSchema.parse(kind) }),
    ...(since === undefined ? {} : { since }),
  };
}

/** Which failed runs are meant: those named, or with `--all` those that the filters match. */
export function selectDeadLetters(runs: string | undefined, options: Filters & { all: boolean }) {
  if ((runs === undefined) !== options.all) {
    throw usageError(
      "Name failed runs, or say --all for those that the filters match: one of the two.",
      "floom deadletters list shows them.",
    );
  }
  if (runs === undefined) return { filter: readFilters(options) };
  const ids = runs.split(",").map((id) => runIdSchema.safeParse(id.trim()));
  if (ids.some((id) => !id.success))
    throw usageError("An id of a run looks like run_01j9...", "floom deadletters list shows them.");

  return { ids: ids.flatMap((id) => (id.success ? [id.data] : [])) };
}
