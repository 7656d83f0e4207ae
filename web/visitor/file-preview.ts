import { h } from "preact";
import { useEffect, useState } from "preact/hooks";
import { CsvColumns } from "./csv-columns.ts";
import { formatBytes } from "#contract/words";
import { hasActingCharacter, replaceActing } from "#contract/unsafe-text";

const PICTURE = /^image\/(?:png|jpeg|gif|webp|avif)$/;
const SHOWN_BYTES = 400;

const plain = (text: string) =>
  hasActingCharacter(text) ? replaceActing(text, () => "\u25A1", "\n\t") : text;

interface FilePreviewProps {
  files: readonly File[];
  /** What the columns of a file of rows have to be called; empty where that is not said. */
  columns: readonly string[];
  onReplace: (files: readonly File[]) => void;
}

/** What was chosen: names and sizes, and a look at pictures and tables. */
export function FilePreview({ files, columns, onReplace }: FilePreviewProps) {
  return files.map((file) =>
    h(OneFile, {
      key: `${file.name} ${file.size} ${file.lastModified}`,
      file,
      columns,
      onRename: (changed) => onReplace(files.map((one) => (one === file ? changed : one))),
    }),
  );
}

interface OneFileProps {
  file: File;
  columns: readonly string[];
  onRename: (file: File) => void;
}

function OneFile({ file, columns, onRename }: OneFileProps) {
  const [text, setText] = useState("");
  const [address, setAddress] = useState("");
  useEffect(() => {
    if (PICTURE.test(file.type)) {
      const made = URL.createObjectURL(file);
      setAddress(made);
      return () => URL.revokeObjectURL(made);
    }
    let isGone = false;
    if (/\.(?:csv|tsv|txt|json|md)$/i.test(file.name)) {
      void file
        .slice(0, SHOWN_BYTES)
        .text()
        .then((start) => {
          if (!isGone) setText(start.split("\n").slice(0, 5).join("\n"));
        });
    }
    return () => {
      isGone = true;
    };
  }, [file]);
  return h("div", null, [
    h("p", { class: "hint" }, `${plain(file.name)}, ${formatBytes(file.size)}`),
    address === "" ? null : h("img", { src: address, alt: "Preview" }),
    text === "" ? null : h("pre", null, plain(text)),
    columns.length === 0 ? null : h(CsvColumns, { file, columns, onRename }),
  ]);
}
