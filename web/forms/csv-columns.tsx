import { useEffect, useId, useState } from "react";
import { readCsv, renameColumns } from "#contract/outputs/read-csv";
import type { CsvText } from "#contract/outputs/read-csv";
import { showLine } from "#contract/outputs/show-text";

const PREVIEW_ROWS = 6;
const PREVIEW_BYTES = 64 * 1024;

interface CsvColumnsProps {
  file: File;
  /** What the worker calls the columns that it needs; empty when it does not say. */
  columns: readonly string[];
  onRename: (file: File) => void;
}

/** The first rows of a file of rows, and for each column that the worker needs and the file lacks, which one it is. */
export function CsvColumns({ file, columns, onRename }: CsvColumnsProps) {
  const [read, setRead] = useState<CsvText>();
  useEffect(() => {
    let isOld = false;
    file
      .slice(0, PREVIEW_BYTES)
      .text()
      .then((text) => {
        if (!isOld) setRead(readCsv(text, PREVIEW_ROWS));
      })
      .catch(() => undefined);
    return () => {
      isOld = true;
    };
  }, [file]);
  const [header = [], ...rows] = read?.rows ?? [];
  const missing = columns.filter((column) => !header.includes(column));
  async function rename(from: string, to: string): Promise<void> {
    const text = renameColumns(await file.text(), new Map([[from, to]]));
    onRename(new File([text], file.name, { type: file.type }));
  }
  if (header.length === 0) return null;
  return (
    <>
      {missing.map((column) => (
        <ColumnChoice
          key={column}
          column={column}
          free={header.filter((name) => !columns.includes(name))}
          onChoose={(from) => void rename(from, column)}
        />
      ))}
      {/* Wide tables scroll in their own frame, which a keyboard has to reach. */}
      <section className="table-frame" aria-label={`First rows of ${showLine(file.name, 100)}`} tabIndex={0}>
        <table>
          <thead>
            <tr>
              {header.map((name) => (
                <th key={name} scope="col">
                  {showLine(name, 100)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={JSON.stringify(row)}>
                {header.map((name, at) => (
                  <td key={name}>{showLine(row[at] ?? "", 200)}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </>
  );
}

interface ColumnChoiceProps {
  column: string;
  free: readonly string[];
  onChoose: (from: string) => void;
}

function ColumnChoice({ column, free, onChoose }: ColumnChoiceProps) {
  const id = useId();
  return (
    <p className="column-choice">
      <label htmlFor={id}>
        Column <code>{column}</code> is
      </label>
      <select id={id} value="" onChange={(event) => onChoose(event.currentTarget.value)}>
        <option value="">not in the file</option>
        {free.map((name) => (
          <option key={name} value={name}>
            {showLine(name, 100)}
          </option>
        ))}
      </select>
    </p>
  );
}
