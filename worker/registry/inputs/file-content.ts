import type { Field } from "#contract/manifest/manifest";
import { acceptsFile } from "./accepts-file.ts";
import type { NamedAs } from "./accepts-file.ts";
import { findMissingColumns } from "./csv-header.ts";
import { scanTopKeys } from "./scan-top-keys.ts";

/** Of a CSV file no more than this is read to find its first row. */
const CSV_HEAD_BYTES = 1024 * 1024;

const csvNames: NamedAs[] = ["csv", "tsv", "txt"].map((ending) => ({
  filename: `x.${ending}`,
  media_type: ending === "csv" ? "text/csv" : "text/plain",
}));
const jsonNames: NamedAs[] = ["json", "geojson", "ipynb"].map((ending) => ({
  filename: `x.${ending}`,
  media_type: "application/json",
}));

/** What worker.yml asks of the inside of one uploaded file. */
export interface ContentRule {
  rule: "columns" | "json_required_keys";
  wanted: readonly string[];
}

/**
 * What is to be looked for inside an upload that was given for this field. A field that accepts tables and workbooks asks
 * for columns of its tables alone.
 */
export function contentRules(field: Field, file: NamedAs & { aliases?: readonly NamedAs[] }): ContentRule[] {
  const names = [file, ...(file.aliases ?? [])];
  const isJudged = (like: readonly NamedAs[]) => {
    const accepts = field.accepts ?? [];
    const fitting = accepts.filter((rule) => like.some((name) => acceptsFile(rule, name)));
    return accepts.length === 0 || fitting.some((rule) => names.some((name) => acceptsFile(rule, name)));
  };
  const rules: ContentRule[] = [
    { rule: "columns", wanted: isJudged(csvNames) ? (field.columns ?? []) : [] },
    { rule: "json_required_keys", wanted: isJudged(jsonNames) ? (field.json_required_keys ?? []) : [] },
  ];
  return rules.filter(({ wanted }) => wanted.length > 0);
}

/** Whether some file that the field accepts can have what the rule asks for. */
export function canHold(field: Pick<Field, "accepts">, rule: ContentRule["rule"]): boolean {
  const accepts = field.accepts ?? [];
  const like = rule === "columns" ? csvNames : jsonNames;
  return accepts.length === 0 || accepts.some((accepted) => like.some((name) => acceptsFile(accepted, name)));
}

/**
 * Why the file in `body` breaks the rule, as the end of a sentence; null when it keeps it. Reads no further than it must
 * and holds no more than a table's first row.
 */
export async function findContentFault(
  { rule, wanted }: ContentRule,
  body: ReadableStream<Uint8Array>,
): Promise<string | null> {
  if (rule === "columns") return columnsFault(await readHead(body), wanted);
  const scan = scanTopKeys(wanted);
  for await (const block of body) if (!scan.push(block)) break;
  const found = scan.end();
  if (found.kind === "invalid")
    return `is not valid JSON, which must have json_required_keys ${wanted.join(", ")}`;
  if (found.kind === "value") return `is not a JSON object with json_required_keys ${wanted.join(", ")}`;
  const absent = wanted.filter((key) => !found.keys.has(key));
  return absent.length === 0 ? null : `lacks json_required_keys ${absent.join(", ")}`;
}

function columnsFault(head: Uint8Array, wanted: readonly string[]): string | null {
  if (head.byteLength === 0) return `lacks columns ${wanted.join(", ")}: the file is empty`;
  const { missing, header } = findMissingColumns(head, wanted);
  return missing.length === 0
    ? null
    : `lacks columns ${missing.join(", ")}; its header is ${JSON.stringify(header)}`;
}

async function readHead(body: ReadableStream<Uint8Array>): Promise<Uint8Array> {
  const head = new Uint8Array(CSV_HEAD_BYTES);
  let size = 0;
  for await (const block of body) {
    const taken = block.subarray(0, CSV_HEAD_BYTES - size);
    head.set(taken, size);
    size += taken.byteLength;
    if (size === CSV_HEAD_BYTES) break;
  }
  return head.subarray(0, size);
}
