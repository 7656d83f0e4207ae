import type { Json } from "#contract/json";
import { notDrawn } from "./not-drawn.ts";

type Row = Record<string, Json>;

export const MOST_ROWS = 5_000;
const MOST_FIELDS = 100;
const MOST_NAME = 100;
const MOST_CELL = 200;
const MOST_MARKS = 20_000;
const MOST_PANELS = 60;
const MOST_REPEATS = 24;
/** How a file's texts may be read; anything else of a format is for what is fetched. */
const PARSES = new Set(["date", "number", "string", "boolean"]);

const isObject = (value: Json | undefined): value is Row =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The rows that a chart is drawn of, and how many times they are: together they bound the work. */
export class ChartData {
  readonly #sets: Json[][] = [];
  readonly #facets: string[] = [];
  #repeats = 1;

  /** Where a view has its rows from: inline, or by the name of a set. Throws `chart_not_drawn`. */
  takeSource(value: Json, path: string): Json {
    if (value === null) return null;
    if (!isObject(value)) throw notDrawn(path, "is no data.");
    const { values, name, format, ...more } = value;
    const [other] = Object.keys(more);
    if (other !== undefined)
      throw notDrawn(`${path}.${other}`, "is not drawn: the rows have to be in the chart.");
    const named = name === undefined ? {} : { name: this.#nameOf(name, path) };
    const read = format === undefined ? {} : { format: { parse: parseOf(format, `${path}.format`) } };
    return values === undefined
      ? named
      : { ...named, ...read, values: this.#rowsOf(values, `${path}.values`) };
  }

  /** The sets of rows that views name. Throws `chart_not_drawn`. */
  takeNamed(value: Json, path: string): Json {
    if (!isObject(value)) throw notDrawn(path, "is no set of rows by name.");
    const sets = Object.entries(value).map(([name, rows]) => {
      const at = `${path}.${name.slice(0, MOST_NAME)}`;
      return [this.#nameOf(name, at), this.#rowsOf(rows, at)] as const;
    });
    return Object.fromEntries(sets);
  }

  /** The whole is made once for each of these. Throws `chart_not_drawn`. */
  repeatFor(value: Json, path: string): void {
    const lists = Array.isArray(value) ? [value] : isObject(value) ? Object.values(value) : [];
    for (const list of lists) this.#repeats *= Array.isArray(list) ? Math.max(list.length, 1) : 1;
    if (this.#repeats > MOST_REPEATS) throw notDrawn(path, `makes more than ${MOST_REPEATS} charts of one.`);
  }

  /** A panel is made for each value of a field. Throws `chart_not_drawn`. */
  facetBy({ field }: Row, path: string): void {
    if (field === undefined) return;
    if (typeof field !== "string") throw notDrawn(path, "has to name a field.");
    this.#facets.push(field);
  }

  /** Throws `chart_not_drawn` where `views` of these rows are more than one answer may draw. */
  judge(views: number): void {
    const rows = this.#sets.flat();
    if (rows.length > MOST_ROWS) throw notDrawn("", `has more than ${MOST_ROWS} rows.`);
    const drawn = views * this.#repeats;
    if (drawn > MOST_REPEATS || rows.length * drawn > MOST_MARKS)
      throw notDrawn("", `would have more than ${MOST_MARKS} marks.`);
    const panels = this.#facets.reduce((all, field) => all * Math.max(countValues(rows, field), 1), drawn);
    if (panels > MOST_PANELS) throw notDrawn("", `would have more than ${MOST_PANELS} panels.`);
  }

  #nameOf(name: Json, path: string): string {
    if (typeof name === "string" && /^[\w-]{1,100}$/.test(name)) return name;
    throw notDrawn(path, "is no name of a set of rows.");
  }

  #rowsOf(value: Json, path: string): Json {
    if (!Array.isArray(value)) throw notDrawn(path, "is no list of rows.");
    if (value.length > MOST_ROWS) throw notDrawn(path, `has more than ${MOST_ROWS} rows.`);
    const rows = value.map((row) => (isObject(row) ? rowOf(row, path) : cellOf(row)));
    this.#sets.push(rows);
    return rows;
  }
}

function parseOf(format: Json, path: string): Row {
  const { type = "json", parse = {}, ...more } = isObject(format) ? format : { type: format };
  const isKnown = type === "json" && Object.keys(more).length === 0 && isObject(parse);
  if (isKnown && Object.values(parse).every((how) => typeof how === "string" && PARSES.has(how)))
    return parse;
  throw notDrawn(path, "is not among what is drawn here.");
}

function rowOf(row: Row, path: string): Row {
  const cells = Object.entries(row);
  if (cells.length > MOST_FIELDS) throw notDrawn(path, `has rows of more than ${MOST_FIELDS} fields.`);
  if (cells.some(([name]) => name.length > MOST_NAME))
    throw notDrawn(path, "has a field with too long a name.");
  return Object.fromEntries(cells.map(([name, cell]) => [name, cellOf(cell)]));
}

/** What a mark can show of a value: a long text is cut, and what holds more is nothing. */
function cellOf(cell: Json): Json {
  if (typeof cell === "string") return cell.slice(0, MOST_CELL);
  return typeof cell === "object" ? null : cell;
}

function countValues(rows: readonly Json[], field: string): number {
  return new Set(rows.map((row) => (isObject(row) ? JSON.stringify(row[field] ?? null) : ""))).size;
}
