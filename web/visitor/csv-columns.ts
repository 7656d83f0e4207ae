import { h } from "preact";
import { useEffect, useState } from "preact/hooks";
import { readCsv, renameColumns } from "#contract/outputs/read-csv";
import { showLine } from "#contract/outputs/show-text";

const HEAD_BYTES = 64 * 1024;

interface CsvColumnsProps {
  file: File;
  /** What the worker calls the columns that it needs. */
  columns: readonly string[];
  onRename: (file: File) => void;
}

/** For each column that the worker needs and a file of rows lacks, which of the file's it is. */
export function CsvColumns({ file, columns, onRename }: CsvColumnsProps) {
  const [header, setHeader] = useState<readonly string[]>([]);
  useEffect(() => {
    let isGone = false;
    void file
      .slice(0, HEAD_BYTES)
      .text()
      .then((text) => {
        if (!isGone) setHeader(readCsv(text, 1).rows[0] ?? []);
      });
    return () => {
      isGone = true;
    };
  }, [file]);
  if (header.length === 0) return null;
  const free = header.filter((name) => !columns.includes(name));
  const rename = async (from: string, to: string) => {
    const text = renameColumns(await file.text(), new Map([[from, to]]));
    onRename(new File([text], file.name, { type: file.type }));
  };
  return columns
    .filter((column) => !header.includes(column))
    .map((column) =>
      h("label", { key: column }, [
        `Column ${showLine(column, 100)} is `,
        h(
          "select",
          {
            onChange: (event: Event) => {
              if (event.currentTarget instanceof HTMLSelectElement && event.currentTarget.value !== "")
                void rename(event.currentTarget.value, column);
            },
          },
          [
            h("option", { value: "" }, "not in the file"),
            ...free.map((name) => h("option", { key: name, value: name }, showLine(name, 100))),
          ],
        ),
      ]),
    );
}
