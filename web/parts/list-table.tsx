import type { ReactNode } from "react";

export interface Column<Row> {
  /** The column's head, empty for that of the buttons; each cell carries it where the screen is too narrow for columns. */
  head: string;
  cell: (row: Row) => ReactNode;
  /** Numbers stand to the right. */
  isNumber?: boolean;
}

interface ListTableProps<Row> {
  /** What the table lists, for screen readers. */
  caption: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  keyOf: (row: Row) => string;
  selection?: Selection;
}

/** Which rows are chosen, by their keys. */
export interface Selection {
  chosen: ReadonlySet<string>;
  onChange: (chosen: ReadonlySet<string>) => void;
  /** How a row is called in the label of its box. */
  nameOf: (key: string) => string;
}

/** A list with columns; on a narrow screen each row becomes a small card whose cells say what they are. */
export function ListTable<Row>({ caption, columns, rows, keyOf, selection }: ListTableProps<Row>) {
  const keys = rows.map(keyOf);
  return (
    <div className="card list-card">
      <table className="list">
        <caption className="visually-hidden">{caption}</caption>
        <thead>
          <tr>
            {selection !== undefined && (
              <th scope="col">
                <ChooseAll keys={keys} selection={selection} />
              </th>
            )}
            {columns.map(({ head, isNumber }) => (
              <th key={head} scope="col" className={isNumber ? "number" : undefined}>
                {head === "" ? <span className="visually-hidden">What can be done</span> : head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={keyOf(row)}>
              {selection !== undefined && (
                <td className="choose">
                  <Choose name={keyOf(row)} selection={selection} />
                </td>
              )}
              {columns.map(({ head, cell, isNumber }) => (
                <td key={head} data-head={head} className={isNumber ? "number" : undefined}>
                  {cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function ChooseAll({ keys, selection }: { keys: readonly string[]; selection: Selection }) {
  const all = keys.length > 0 && keys.every((key) => selection.chosen.has(key));
  return (
    <input
      type="checkbox"
      aria-label="Choose all that are shown"
      checked={all}
      onChange={() => selection.onChange(new Set(all ? [] : keys))}
    />
  );
}

function Choose({ name, selection }: { name: string; selection: Selection }) {
  const { chosen, onChange, nameOf } = selection;
  function turn(): void {
    const next = new Set(chosen);
    if (!next.delete(name)) next.add(name);
    onChange(next);
  }
  return (
    <input type="checkbox" aria-label={`Choose ${nameOf(name)}`} checked={chosen.has(name)} onChange={turn} />
  );
}
