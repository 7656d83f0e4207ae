import { useState } from "react";
import type { FormEvent } from "react";
import { storeRoutes } from "#contract/store/routes";
import type { SqlAnswer, SqlValue } from "#contract/store/store";
import { useApi } from "../../api/api-context.ts";
import { useChange } from "../../ui/use-change.ts";
import { TableView } from "../../outputs/table-view.tsx";
import { ErrorNotice } from "../../parts/error-notice.tsx";
import { TextAreaField } from "../../parts/labelled.tsx";

function cellOf(value: SqlValue): string | number | boolean | null {
  if (typeof value !== "object" || value === null) return value;
  return "integer" in value ? value.integer : `${value.bytes.length} base64 characters`;
}

/** Asks the tables of a store in SQL; what would write is refused. */
export function StoreTables({ place }: { place: { worker?: string } }) {
  const api = useApi();
  const change = useChange();
  const [sql, setSql] = useState("");
  const [answer, setAnswer] = useState<SqlAnswer | null>(null);
  function ask(event: FormEvent): void {
    event.preventDefault();
    void change.make(
      async () => setAnswer(await api.call(storeRoutes.queryStore, { query: place, json: { sql } })),
      "",
    );
  }
  return (
    <section aria-labelledby="tables-heading">
      <h2 id="tables-heading">Tables</h2>
      <form className="card" onSubmit={ask}>
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
