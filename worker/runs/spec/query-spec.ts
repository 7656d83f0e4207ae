import { limits } from "#contract/limits";
import type { Manifest } from "#contract/manifest/manifest";
import { queryFunctions } from "#contract/queries/sql-functions";
import type { QueryPlan, QuerySpec, StoredQuery } from "#contract/queries/query";

/** What a run asks: the query of its version with the one action; null for a version of another kind. Pure. */
export function buildQuerySpec({ query }: Manifest, action: string | null): QuerySpec | null {
  if (query === undefined) return null;
  const { actions, ...rest } = query;
  const asked = actions.find(({ name }) => name === action) ?? actions[0];
  return asked === undefined ? null : { ...rest, action: asked };
}

/** The host that has to be reached for the data; null where it is not fetched. Pure. */
export function hostOfQuery({ source }: Pick<StoredQuery, "source">): string | null {
  return source.kind === "http" ? new URL(source.url).hostname : null;
}

/** What the program in the sandbox is told, with the limits that hold there. Pure. */
export function buildQueryPlan(query: QuerySpec): QueryPlan {
  return {
    ...query,
    functions: [...queryFunctions],
    answer_bytes: limits.query_answer_bytes.value,
    source_bytes: limits.query_source_bytes.value,
    source_rows: limits.query_source_rows.value,
    json_bytes: limits.query_json_bytes.value,
    index_rows: limits.query_index_rows.value,
  };
}
