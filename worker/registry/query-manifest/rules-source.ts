import type { AuthoredSource } from "#contract/queries/query-keys";
import { sourceFormats } from "#contract/queries/query";
import { whyUnsafePath } from "#contract/safe-path";
import type { Finding } from "../manifest/report.ts";
import { trimPath } from "../manifest/yaml-node.ts";
import { didYouMean } from "../suggest.ts";
import { isReservedSecret } from "../declared.ts";
import { placeIn } from "./query-rules.ts";
import type { QueryRules } from "./query-rules.ts";

const KINDS = ["file", "upload", "context", "store", "url"] as const;

/** Endings of files that are read, and those of which it is said why they are not. */
const READ = new Set([...sourceFormats, "jsonl", "tab", "db", "sqlite3", "db3"]);
const UNREAD: Readonly<Record<string, string>> = {
  parquet: "Parquet needs a library that Python does not bring along",
  duckdb: "a DuckDB database needs DuckDB, which Python does not bring along",
  xlsx: "an Excel workbook needs a library that Python does not bring along",
  xls: "an Excel workbook needs a library that Python does not bring along",
  arrow: "Arrow needs a library that Python does not bring along",
  gz: "it is compressed",
};
const WRITE_INSTEAD = "Write it as SQLite, csv, tsv, json or ndjson.";

/** That the source is one, that its file is there and is read, and that its host may be reached. */
export function checkSource(rules: QueryRules): void {
  const { query, root, report } = rules;
  const { source } = query;
  const error = (path: string[], finding: Finding) => {
    report.error(placeIn(root, "source", ...path), finding);
  };
  const kinds = KINDS.filter((kind) => source[kind] !== undefined && source[kind] !== false);
  if (kinds.length !== 1) {
    const message =
      kinds.length === 0
        ? "query.source does not say where the data is."
        : `query.source says ${kinds.join(" and ")}; the data is in one place.`;
    error([], { code: "bad_source", message, fix: `Write exactly one of ${KINDS.join(", ")}.` });
    return;
  }
  for (const { key, needs } of misplaced(source)) {
    error([key], {
      code: "no_effect",
      message: `source.${key} means nothing without ${needs}.`,
      fix: `Take ${key} out.`,
    });
  }
  if (source.context !== undefined && source.path === undefined) {
    error([], {
      code: "missing_key",
      message: "source.path is missing.",
      fix: "Name the file within the context.",
    });
  }
  if (query.fts_table !== undefined && source.store !== undefined) {
    report.error(placeIn(root, "fts_table"), {
      code: "no_effect",
      message: "fts_table belongs to a SQLite file.",
      fix: "Take it out.",
    });
  }
  checkFile(rules, error);
  checkHost(rules, error);
}

/** Whether the source can be a SQLite file, as far as its name or format tells. Pure. */
export function mayBeSqlite({ store, format, file, path, url }: AuthoredSource): boolean {
  if (store !== undefined) return false;
  if (format !== undefined) return format === "sqlite";
  const ending = /\.([A-Za-z0-9]+)$/.exec(file ?? path ?? url ?? "")?.[1]?.toLowerCase();
  return ending === undefined || !["csv", "tsv", "tab", "json", "ndjson", "jsonl"].includes(ending);
}

function misplaced(source: AuthoredSource): { key: string; needs: string }[] {
  const found: { key: keyof AuthoredSource; needs: string; isThere: boolean }[] = [
    { key: "path", needs: "context", isThere: source.context !== undefined },
    { key: "headers", needs: "url", isThere: source.url !== undefined },
    { key: "format", needs: "a file", isThere: source.store === undefined },
    { key: "rows", needs: "a JSON document", isThere: ["json", undefined].includes(source.format) },
    { key: "delimiter", needs: "a csv file", isThere: ["csv", undefined].includes(source.format) },
  ];
  return found.filter(({ key, isThere }) => source[key] !== undefined && !isThere);
}

type Say = (path: string[], finding: Finding) => void;

function checkFile({ query, paths }: QueryRules, error: Say): void {
  const { file, context, path, format } = query.source;
  const key = file !== undefined ? "file" : "path";
  const named = file ?? (context === undefined ? undefined : path);
  if (named === undefined) return;
  const trimmed = trimPath(named);
  const reason = whyUnsafePath(trimmed);
  if (reason !== null) {
    error([key], { code: "bad_path", message: `source.${key} ${reason}.`, fix: "Write a relative path." });
    return;
  }
  const ending = /\.([A-Za-z0-9]+)$/.exec(trimmed)?.[1]?.toLowerCase() ?? "";
  const why = UNREAD[ending];
  if (why !== undefined) {
    error([key], {
      code: "source_unsupported",
      message: `${trimmed} cannot be read: ${why}.`,
      fix: WRITE_INSTEAD,
    });
  } else if (format === undefined && !READ.has(ending)) {
    error([key], {
      code: "source_unsupported",
      message: `${trimmed} does not say by its ending what it is.`,
      fix: `Add format: ${sourceFormats.join(", ")}.`,
    });
  }
  if (file === undefined || paths === undefined || paths.has(trimmed)) return;
  error([key], {
    code: "file_missing",
    message: `The folder has no ${trimmed}.${didYouMean(trimmed, paths)}`,
    fix: "Add the file to the folder, or name one that is there.",
  });
}

function checkHost({ query, authored }: QueryRules, error: Say): void {
  const { url, headers = {} } = query.source;
  if (url === undefined) return;
  const host = URL.canParse(url) ? new URL(url).hostname : "";
  if (host === "") {
    error(["url"], {
      code: "bad_url",
      message: "source.url is no address.",
      fix: "Write https://host/path.",
    });
  }
  const allowed = authored.capabilities?.network?.allow_out ?? [];
  if (allowed.length > 0 && !allowed.includes(host)) {
    error(["url"], {
      code: "host_not_allowed",
      message: `${host} is not among capabilities.network.allow_out: the data could not be fetched.`,
      fix: `Add ${host}, or take allow_out out: a query worker reaches the host of its source alone.`,
    });
  }
  for (const [name, template] of Object.entries(headers)) {
    if (!/^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/.test(name) || /[\r\n]/.test(template)) {
      error(["headers", name], {
        code: "bad_header",
        message: `${name} is no header.`,
        fix: "Write a name and one line.",
      });
    }
    for (const [, secret = ""] of template.matchAll(/\{\{secret:([^{}]*)\}\}/g)) {
      if (/^[A-Za-z_][A-Za-z0-9_]{0,127}$/.test(secret) && !isReservedSecret(secret)) continue;
      error(["headers", name], {
        code: "bad_secret_name",
        message: `${secret.slice(0, 80)} is no secret that a worker can have.`,
        fix: "Use a secret of the workspace, e.g. {{secret:API_TOKEN}}.",
      });
    }
  }
}
