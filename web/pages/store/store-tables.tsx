import { useState } from "react";
import type { FormEvent } from "react";
import { storeRoutes } from "#contract/store/routes";
import type { SqlAnswer, SqlValue, StoreTables as Tables } from "#contract/store/store";
import { useApi } from "../../api/api-context.ts";
import { useRead } from "../../api/use-read.ts";
import { useChange } from "../../ui/use-change.ts";
import { TableView } from "../../outputs/table-view.tsx";
import { ErrorNotice } from "../../parts/error-notice.tsx";
import { TextAreaField } from "../../parts/labelled.tsx";
import { ListTable } from "../../parts/list-table.tsx";
import { Loaded } from "../../parts/loaded.tsx";

type Table = Tables["tables"][number];

function cellOf(value: SqlValue): string | number | boolean | null {
  if (typeof value !== "object" || value === null) return value;
  return "integer" in value ? value.integer : `${value.bytes.length} base64 characters`;
}

/** The question that shows the beginning of a table. Pure. */
export function questionFor(table: string): string {
  return `SELECT * FROM "${table.replaceAll('"', '""')}" LIMIT 50`;
}

/** The tables of a store, and what somebody asks of them in SQL; what would write is refused. */
export function StoreTables({ place }: { place: { worker?: string } }) {
  const api = useApi();
  const change = useChange();
  const tables = useRead(storeRoutes.listStoreTables, { query: place });
  const [sql, setSql] = useState("");
  const [answer, setAnswer] = useState<SqlAnswer | null>(null);
  function ask(question: string): void {
    setSql(question);
    const json = { sql: question };
    void change.make(
      async () => setAnswer(await api.call(storeRoutes.queryStore, { query: place, json })),
      "",
    );
  }
  function submit(event: FormEvent): void {
    event.preventDefault();
    ask(sql);
  }
  return (
    <section aria-labelledby="tables-heading">
      <h2 id="tables-heading">Tables</h2>
      <Loaded query={tables} what="its tables" rows={2}>
        {({ tables: all }) => <TableList tables={all} onLook={(name) => ask(questionFor(name))} />}
      </Loaded>
      <form className="card" onSubmit={submit}>
        <TextAreaField
          label="Question in SQL"
          rows={3}
          value={sql}
          spellCheck={false}
          className="code-text"
          required
          placeholder="SELECT * FROM seen LIMIT 50"
          hint="It reads only; a script makes its tables by floom.store."
          onChange={(event) => setSql(event.currentTarget.value)}
        />
        <button type="submit" disabled={change.busy}>
          Ask
        </button>
        {change.error !== undefined && <ErrorNotice error={change.error} />}
        {answer !== null && (
          <TableView
            name="Answer"
            table={{
              columns: answer.columns,
              rows: answer.rows.map((row) => row.map(cellOf)),
              leftOut: 0,
            }}
          />
        )}
        {answer?.truncated === true && (
          <p className="muted">There are more rows; ask with LIMIT and OFFSET.</p>
        )}
      </form>
    </section>
  );
}

function TableList({ tables, onLook }: { tables: readonly Table[]; onLook: (name: string) => void }) {
  if (tables.length === 0) return <p className="card muted">It has no tables.</p>;
  return (
    <ListTable
      caption="Tables of the store"
      rows={tables}
      keyOf={({ name }) => name}
      columns={[
        { head: "Table", cell: ({ name }) => <code>{name}</code> },
        {
          head: "Made by",
          cell: ({ sql, indexes }) => (
            <details>
              <summary>
                {indexes.length === 0 ? "Its statement" : `Its statement, and ${indexes.length} of indexes`}
              </summary>
              <pre className="code-text">{[sql, ...indexes].join(";\n")}</pre>
            </details>
          ),
        },
        {
          head: "",
          cell: ({ name }) => (
            <div className="actions">
              <button
                type="button"
                className="small"
                aria-label={`Look into it: the table ${name}`}
                onClick={() => onLook(name)}
              >
                Look into it
              </button>
            </div>
          ),
        },
      ]}
    />
  );
}
