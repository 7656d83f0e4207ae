import { useEffect, useRef, useState } from "react";
import type { DragEvent } from "react";
import type { FieldOf } from "#contract/forms/form";
import { showLine } from "#contract/outputs/show-text";
import { formatBytes } from "#contract/words";
import { CsvColumns } from "./csv-columns.tsx";
import { setFiles } from "./draft.ts";
import { FieldFrame } from "./field-frame.tsx";
import { useForm } from "./form-context.ts";

const none: readonly File[] = [];

/** A file, or several: chosen or dropped, with what can be seen of it before it is sent. */
export function FileField({ field, name }: { field: FieldOf<"file">; name: string }) {
  const { draft, change } = useForm();
  const [isOver, setIsOver] = useState(false);
  const files = draft.files.get(name) ?? none;
  const earlier = (draft.entries.get(name) ?? []).filter((id) => id !== "");
  const take = (given: readonly File[]) =>
    change((before) => setFiles(before, name, field.multiple ? given : given.slice(0, 1)));

  function drop(event: DragEvent): void {
    event.preventDefault();
    setIsOver(false);
    if (event.dataTransfer.files.length > 0) take([...event.dataTransfer.files]);
  }
  const accepts = field.accept.length > 0 ? [`Takes ${field.accept.join(", ")}.`] : [];
  const most = field.maxBytes === null ? [] : [`At most ${formatBytes(field.maxBytes)}.`];
  const description = [field.description, ...accepts, ...most, "Choose, or drop it here."].join(" ").trim();
  return (
    <FieldFrame field={{ ...field, description }} name={name}>
      {(attributes) => (
        <div
          className={isOver ? "drop-zone is-over" : "drop-zone"}
          onDragOver={(event) => {
            event.preventDefault();
            setIsOver(true);
          }}
          onDragLeave={() => setIsOver(false)}
          onDrop={drop}
        >
          <input
            {...attributes}
            type="file"
            accept={field.accept.join(",") || undefined}
            multiple={field.multiple}
            onChange={(event) => take([...(event.currentTarget.files ?? [])])}
          />
          {files.map((file) => (
            <FilePart
              key={`${file.name} ${file.size} ${file.lastModified}`}
              field={field}
              file={file}
              name={name}
            />
          ))}
          {files.length === 0 && earlier.length > 0 && (
            <p className="muted">The file of the earlier run is used: {earlier.join(", ")}.</p>
          )}
          {files.length > 0 && (
            <button type="button" className="quiet" onClick={() => take([])}>
              Take out
            </button>
          )}
        </div>
      )}
    </FieldFrame>
  );
}

function FilePart({ field, file, name }: { field: FieldOf<"file">; file: File; name: string }) {
  const { change } = useForm();
  const isTooLarge = field.maxBytes !== null && file.size > field.maxBytes;
  const replace = (changed: File) =>
    change((before) => {
      const files = before.files.get(name) ?? none;
      return setFiles(
        before,
        name,
        files.map((one) => (one === file ? changed : one)),
      );
    });
  return (
    <div className="file-part">
      <span>
        {showLine(file.name, 200)} <span className="muted">{formatBytes(file.size)}</span>
      </span>
      {isTooLarge && <p className="field-error">It is larger than the worker takes.</p>}
      {field.kind === "image" && <ImagePreview file={file} />}
      {field.kind === "csv" && /\.(csv|tsv|txt)$/i.test(file.name) && (
        <CsvColumns file={file} columns={field.columns} onRename={replace} />
      )}
    </div>
  );
}

/** As an image element no picture can act, not even one that is a page of its own. */
function ImagePreview({ file }: { file: File }) {
  const image = useRef<HTMLImageElement>(null);
  const [isBroken, setIsBroken] = useState(false);
  useEffect(() => {
    const made = URL.createObjectURL(file);
    if (image.current !== null) image.current.src = made;
    return () => URL.revokeObjectURL(made);
  }, [file]);
  if (isBroken) return <p className="muted">This browser cannot show the picture; it is sent as it is.</p>;
  return <img ref={image} className="preview" alt="" onError={() => setIsBroken(true)} />;
}
