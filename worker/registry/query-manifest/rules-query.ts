import { standardActions } from "#contract/queries/query-keys";
import { queryLimits } from "#contract/queries/limits";
import { isBlank, nodeAt } from "../manifest/yaml-node.ts";
import { standardActionsOf } from "../query/build-query.ts";
import { judgeFragment, whyNoStatement } from "../query/judge-sql.ts";
import { readColumns, readCondition, readNamed } from "../query/read-parts.ts";
import { didYouMean } from "../suggest.ts";
import { placeIn } from "./query-rules.ts";
import type { QueryRules } from "./query-rules.ts";
import { checkSource, mayBeSqlite } from "./rules-source.ts";

/** Rules of query workers that need more than one key: the source, columns that are named, SQL, and what has no sense beside. */
export function checkQuery({ authored, root, paths, report }: Omit<QueryRules, "query">): void {
  const { query, exec } = authored;
  const isQuery = exec.mode === "query";
  if (isQuery && query === undefined) {
    report.error(nodeAt(root, "exec", "mode") ?? root, {
      code: "missing_key",
      message: "exec.mode is query, but there is no query.",
      fix: "Add query with source, columns and what its actions need.",
    });
  }
  if (!isQuery && query !== undefined) {
    report.error(root.entries.get("query")?.key ?? root, {
      code: "mixed_worker_kinds",
      message: "query belongs to a query worker, and exec.mode is something else.",
      fix: "Write exec: {mode: query}, or take query out.",
    });
  }
  if (!isQuery || query === undefined) return;
  const rules = { authored, query, root, paths, report };
  checkBeside(rules);
  checkSource(rules);
  checkColumns(rules);
  checkTables(rules);
  checkActions(rules);
  checkFilters(rules);
  checkSql(rules);
  checkStatements(rules);
}

/** What only what acts has any use for. */
const ACTING = [
  ["approvals", "required"],
  ["calls"],
  ["connections"],
  ["transactional"],
  ["escalation_rules"],
  ["memory"],
];

function checkBeside({ root, report }: QueryRules): void {
  for (const path of ACTING) {
    const found = nodeAt(root, ...path);
    if (found === undefined || isBlank(found)) continue;
    if (found.kind === "scalar" && found.value === false) continue;
    if (found.kind === "list" && found.items.length === 0) continue;
    report.error(found, {
      code: "mixed_worker_kinds",
      message: `${path.join(".")} is for workers that do something; a query worker only reads.`,
      fix: `Take ${path.join(".")} out.`,
    });
  }
}

function checkColumns({ query, root, report }: QueryRules): void {
  const known = Object.keys(query.columns);
  if (known.length > queryLimits.query_columns.value) {
    report.error(placeIn(root, "columns"), {
      code: "too_many",
      message: `The table has ${known.length} columns; ${queryLimits.query_columns.value} can be declared.`,
      fix: "Declare those that are asked for.",
    });
  }
  const named: [string[], string | undefined][] = [
    [["id_column"], query.id_column],
    [["full_text_column"], query.full_text_column],
    ...(["result_columns", "fts_fields"] as const).flatMap((key) =>
      (query[key] ?? []).map((name): [string[], string] => [[key], name]),
    ),
  ];
  for (const [path, name] of named) {
    if (name === undefined || known.includes(name)) continue;
    report.error(placeIn(root, ...path), {
      code: "unknown_column",
      message: `${path.join(".")} names ${name}, which is no declared column.${didYouMean(name, known)}`,
      fix: `Declare it in columns, or name one of: ${known.slice(0, 20).join(", ")}.`,
    });
  }
  const folded = known.map((name) => name.toLowerCase());
  const twice = known.find((_, index) => folded.indexOf(folded[index] ?? "") !== index);
  if (twice === undefined) return;
  report.error(placeIn(root, "columns", twice), {
    code: "duplicate_name",
    message: `columns has ${twice} twice: SQL takes upper and lower case for the same.`,
    fix: "Keep one, or give it another name and say from.",
  });
}

/** Other tables are a SQLite file's, and each is there once. */
function checkTables({ query, root, report }: QueryRules): void {
  const { tables = {}, table = "records", source } = query;
  const names = Object.keys(tables);
  const error = (path: string[], code: string, [message, fix]: readonly [string, string]) =>
    report.error(placeIn(root, "tables", ...path), { code, message, fix });
  if (names.length === 0) return;
  const most = queryLimits.query_tables.value;
  const faults: [boolean, string, readonly [string, string]][] = [
    [
      !mayBeSqlite(source),
      "no_effect",
      ["This source has one table; only a SQLite file has others.", "Take tables out."],
    ],
    [
      Object.keys(query.statements ?? {}).length === 0,
      "no_effect",
      ["tables are for statements, and there are none.", "Add statements, or take tables out."],
    ],
    [
      names.length > most,
      "too_many",
      [`There are ${names.length} other tables; ${most} can be declared.`, "Take some out."],
    ],
  ];
  for (const [isThere, code, words] of faults) if (isThere) error([], code, words);
  const all = [table, ...names].map((name) => name.toLowerCase());
  names.forEach((name, index) => {
    if (all.indexOf(name.toLowerCase()) === index + 1) return;
    error([name], "duplicate_name", [`The table ${name} is declared twice.`, "Keep one."]);
  });
}

function checkActions({ query, root, report }: QueryRules): void {
  const actions = standardActionsOf(query);
  const statements = Object.keys(query.statements ?? {});
  const lacks = (message: string, fix: string) => {
    report.error(placeIn(root, "actions"), { code: "missing_key", message, fix });
  };
  if (actions.length + statements.length === 0) {
    lacks(
      "The worker has no action.",
      "Add fts_fields, filter_fields, stats_groups, id_column or statements.",
    );
  }
  if (actions.includes("search") && query.fts_fields === undefined)
    lacks("The action search has nothing to look in.", "Add fts_fields.");
  if (actions.includes("get") && query.id_column === undefined && !Object.keys(query.columns).includes("id"))
    lacks("The action get has nothing to find a record by.", "Add id_column.");
  if (statements.length > queryLimits.query_statements.value)
    lacks(`There are more than ${queryLimits.query_statements.value} statements.`, "Take some out.");
  for (const name of statements) {
    if (!standardActions.some((standard) => standard === name)) continue;
    report.error(placeIn(root, "statements", name), {
      code: "duplicate_name",
      message: `A statement cannot be called ${name}: that is one of the four actions.`,
      fix: "Give it another name.",
    });
  }
}

/** Inputs of filter and stats that are there already. */
const TAKEN = ["limit", "offset", "order_by", "group_by", "chart", "file", "query"];

function checkFilters({ query, root, report }: QueryRules): void {
  const columns = readColumns(query);
  for (const [key, said] of Object.entries(query.filter_fields ?? {})) {
    const place = placeIn(root, "filter_fields", key);
    if (TAKEN.includes(key)) {
      report.error(place, {
        code: "duplicate_name",
        message: `A filter cannot be called ${key}: the action has an input of that name.`,
        fix: "Give it another name, and say column.",
      });
    }
    const read = readCondition(key, said, columns);
    if (read.ok) continue;
    report.error(place, {
      code: "bad_condition",
      message: `The filter ${key} is no condition: ${read.message}.`,
      fix: `Name a column, or write a condition over columns, e.g. ${columns[0]?.name ?? "amount"} >= ?.`,
    });
  }
}

function checkSql({ query, root, report }: QueryRules): void {
  const columns = readColumns(query);
  for (const key of ["stats_groups", "stats_aggregates"] as const) {
    const read = readNamed(query[key], columns);
    read.forEach(({ name, part }, index) => {
      const isTwice = read.findIndex((other) => other.name === name) !== index;
      if (part.ok && !isTwice) return;
      const why = part.ok ? "the name is there twice" : part.message;
      report.error(placeIn(root, key, name), {
        code: "bad_expression",
        message: `${key} ${name} cannot be computed: ${why}.`,
        fix: "Write SQL over declared columns, e.g. SUM(amount) AS total.",
      });
    });
  }
  const order = query.default_order_by;
  if (order === undefined) return;
  const judged = judgeFragment(order, Object.keys(query.columns));
  if (judged.ok && judged.value.marks === 0) return;
  report.error(placeIn(root, "default_order_by"), {
    code: "bad_expression",
    message: `default_order_by is no order: ${judged.ok ? "it cannot hold a ?" : judged.message}.`,
    fix: "Name columns, e.g. sold_on DESC, id.",
  });
}

function checkStatements({ query, root, report }: QueryRules): void {
  for (const [name, { sql, parameters = {} }] of Object.entries(query.statements ?? {})) {
    const why = whyNoStatement(sql, Object.keys(parameters));
    if (why === null) continue;
    report.error(placeIn(root, "statements", name, "sql"), {
      code: "bad_statement",
      message: `The statement ${name} cannot be asked: ${why}.`,
      fix: "Write one SELECT over the declared columns, with :name for each parameter.",
    });
  }
}
