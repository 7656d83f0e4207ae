import { useId, useMemo, useState } from "react";
import type { OutputTable } from "#contract/outputs/output";
import { showLine } from "#contract/outputs/show-text";
import { arrangeRows, cellText, tableCsv } from "#contract/outputs/table";
import { formatCount } from "#contract/words";
import { saveFile } from "../api/save-file.ts";

/** Every row is as high as this, by its style, so that which rows are in sight is plain arithmetic. */
const ROW_PX = 36;
const FRAME_PX = 480;
const ROWS_AROUND = 12;

interface Sort {
  column: number;
  descending: boolean;
}

/** A table of any length: only the rows that are in sight are on the page. Sorted by its heads, filtered, saved as CSV. */
export function TableView({ table, name }: { table: OutputTable; name: string }) {
  const [filter, setFilter] = useState("");
  const [sort, setSort] = useState<Sort | null>(null);
  const rows = useMemo(() => arrangeRows(table, { filter, sort }), [table, filter, sort]);
  const filterId = useId();

  function turn(column: number): void {
    setSort((now) => {
      if (now?.column !== column) return { column, descending: false };
      return now.descending ? null : { column, descending: true };
    });
  }
  function save(): void {
    const shown = rows.map((row) => table.rows[row] ?? []);
    const csv = tableCsv(table.columns, shown);
    void saveFile(new Response(csv, { headers: { "content-type": "text/csv" } }), `${fileNameOf(name)}.csv`);
  }
  return (
    <div className="table-view">
      <div className="table-tools">
        <label htmlFor={filterId} className="visually-hidden">
          Show rows with
        </label>
        <input
          id={filterId}
          type="search"
          placeholder="Show rows with …"
          value={filter}
          onChange={(event) => setFilter(event.currentTarget.value)}
        />
        <output className="muted">{formatCount(rows.length, "row")}</output>
        <button type="button" onClick={save}>
          Save as CSV
        </button>
      </div>
      <Grid table={table} rows={rows} sort={sort} onSort={turn} name={name} />
      {table.leftOut > 0 && (
        <p className="muted">
          {formatCount(table.leftOut, "more row")} are not shown; “Download everything” has all.
        </p>
      )}
    </div>
  );
}

const fileNameOf = (name: string) => name.replaceAll(/[^\p{L}\p{N}_-]+/gu, "-").slice(0, 60) || "table";

interface GridProps {
  table: OutputTable;
  rows: readonly number[];
  sort: Sort | null;
  onSort: (column: number) => void;
  name: string;
}

function Grid({ table, rows, sort, onSort, name }: GridProps) {
  const [top, setTop] = useState(0);
  const first = Math.max(Math.min(Math.floor(top / ROW_PX), rows.length) - ROWS_AROUND, 0);
  const shown = rows.slice(first, first + Math.ceil(FRAME_PX / ROW_PX) + 2 * ROWS_AROUND);
  const below = rows.length - first - shown.length;
  return (
    <section
      className="table-frame"
      aria-label={name}
      tabIndex={0}
      onScroll={(event) => setTop(event.currentTarget.scrollTop)}
    >
      <table aria-rowcount={rows.length + 1}>
        <thead>
          <tr aria-rowindex={1}>
            {table.columns.map((column, at) => (
              <th key={column} scope="col" aria-sort={sortOf(sort, at)}>
                <button type="button" className="quiet" onClick={() => onSort(at)}>
                  {showLine(column, 100)}
                  <span aria-hidden="true">{sort?.column === at ? (sort.descending ? " ↓" : " ↑") : ""}</span>
                </button>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          <Gap height={first * ROW_PX} columns={table.columns.length} />
          {shown.map((row, at) => (
            <tr key={row} aria-rowindex={first + at + 2}>
              {(table.rows[row] ?? []).map((cell, place) => (
                <td key={table.columns[place]} className={typeof cell === "number" ? "number" : undefined}>
                  {cellText(cell)}
                </td>
              ))}
            </tr>
          ))}
          <Gap height={below * ROW_PX} columns={table.columns.length} />
        </tbody>
      </table>
    </section>
  );
}

/** Takes the place of the rows that are not on the page. */
function Gap({ height, columns }: { height: number; columns: number }) {
  if (height <= 0) return null;
  return (
    <tr aria-hidden="true">
      <td colSpan={columns} aria-label="Rows that are not in sight" style={{ height, padding: 0 }} />
    </tr>
  );
}

function sortOf(sort: Sort | null, column: number): "ascending" | "descending" | undefined {
  if (sort?.column !== column) return undefined;
  return sort.descending ? "descending" : "ascending";
}
