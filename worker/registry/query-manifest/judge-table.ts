import type { Manifest, ManifestFinding } from "#contract/manifest/manifest";
import type { QueryColumn, StoredQuery } from "#contract/queries/query";
import type { BundleFile } from "../bundle/bundle-file.ts";
import { createReport } from "../manifest/report.ts";
import type { Report } from "../manifest/report.ts";
import type { Place } from "../manifest/yaml-node.ts";
import { readHeader } from "../query/read-header.ts";
import { didYouMean } from "../suggest.ts";

type PlaceAt = (path: readonly (string | number)[]) => Place;

/** What is known of worker.yml by itself. */
interface JudgedManifest {
  manifest: Manifest | null;
  findings: ManifestFinding[];
  placeAt: PlaceAt;
}

/** So much of a file is looked at: no first line is longer. */
const MOST_BYTES = 64 * 1024;

/**
 * The verdict with what is wrong between the columns that a query worker declares and the first line of its csv or tsv file,
 * where that lies in the folder: each run would fail of it.
 */
export async function withTable<Verdict extends JudgedManifest>(
  verdict: Verdict,
  files: readonly BundleFile[],
): Promise<Verdict> {
  const { query } = verdict.manifest ?? {};
  const named = query === undefined ? null : delimitedFile(query);
  const file = named && files.find(({ path }) => path === named.path);
  if (query === undefined || !named || !file) return verdict;
  const text = new TextDecoder().decode((await file.read()).subarray(0, MOST_BYTES));
  const report = createReport();
  const place = verdict.placeAt(["query", "source", "file"]);
  const header = readHeader(text, named.delimiter);
  if (header === null) {
    const message = `${named.path} is empty: its first line names the columns.`;
    report.error(place, { code: "invalid_source", message, fix: "Write a first line." });
  } else judgeColumns(query.columns, { header, path: named.path, placeAt: verdict.placeAt, report });
  const findings = [...verdict.findings, ...report.list()];
  return { ...verdict, findings, manifest: report.hasErrors() ? null : verdict.manifest };
}

function delimitedFile({ source }: StoredQuery): { path: string; delimiter: string } | null {
  if (source.kind !== "file") return null;
  const { path, format, delimiter } = source;
  const form = format ?? /\.(csv|tsv|tab)$/i.exec(path)?.[1]?.toLowerCase();
  if (form === "csv") return { path, delimiter: delimiter ?? "," };
  return form === "tsv" || form === "tab" ? { path, delimiter: "\t" } : null;
}

interface HeaderCase {
  header: readonly string[];
  path: string;
  placeAt: PlaceAt;
  report: Report;
}

function judgeColumns(columns: readonly QueryColumn[], { header, path, placeAt, report }: HeaderCase): void {
  for (const { name, from } of columns) {
    const count = header.filter((cell) => cell === from).length;
    if (count === 1) continue;
    const what = count === 0 ? `does not name ${from}.${didYouMean(from, header)}` : `names ${from} twice.`;
    report.error(placeAt(["query", "columns", name]), {
      code: "unknown_column",
      message: `The first line of ${path} ${what}`,
      fix: `It names ${header.join(", ").slice(0, 400)}; say what the file calls the column by from.`,
    });
  }
}
