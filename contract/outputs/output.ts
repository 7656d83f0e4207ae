import type { Json } from "../json.ts";
import type { Artifact } from "../runs/run.ts";

export type OutputFile = Pick<Artifact, "id" | "name" | "path" | "type" | "size_bytes">;

/** How a file can be shown without doing anything; `none` is offered for download only. */
export type FileShow = "image" | "pdf" | "audio" | "video" | "html" | "markdown" | "csv" | "text" | "none";

/** Rows and columns; a cell is any JSON. */
export interface OutputTable {
  columns: readonly string[];
  rows: readonly (readonly Json[])[];
  /** Rows that are not shown because there are too many. */
  leftOut: number;
}

/** Text as it may be shown: characters that act are written out. `leftOut` counts the characters after the cut. */
export interface ShownText {
  text: string;
  leftOut: number;
}

/** What an output is shown as, the same in the app, on public pages and on pages without JavaScript. */
export type OutputView =
  | { kind: "empty" }
  | ({ kind: "text" } & ShownText)
  | { kind: "link"; url: string }
  | ({ kind: "markdown" } & ShownText)
  | ({ kind: "code"; language: string } & ShownText)
  | { kind: "html"; html: string }
  | { kind: "json"; value: Json }
  | { kind: "key_value"; entries: readonly { name: string; label: string; view: OutputView }[] }
  | ({ kind: "table" } & OutputTable)
  /** `pointer` says where it is in the outputs (a JSON Pointer), by which its picture is asked for. */
  | { kind: "chart"; spec: Json; table: OutputTable | null; pointer: string; title: string }
  | { kind: "file"; shows: FileShow; file: OutputFile }
  | { kind: "files"; files: readonly OutputFile[] };

/** A run's output: what to show, and the files that nothing shown has named. */
export interface RunOutput {
  view: OutputView;
  otherFiles: readonly OutputFile[];
}
