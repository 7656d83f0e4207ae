import { lazy, Suspense } from "react";
import { useQuery } from "@tanstack/react-query";
import type { FileShow, OutputFile } from "#contract/outputs/output";
import { readCsv } from "#contract/outputs/read-csv";
import { showLine, showText } from "#contract/outputs/show-text";
import { tableOf } from "#contract/outputs/table";
import { formatBytes } from "#contract/words";
import { runRoutes } from "#contract/runs/routes";
import { useApi } from "../api/api-context.ts";
import { SaveButton } from "../parts/save-button.tsx";
import { HtmlFrame } from "./html-frame.tsx";
import { MediaView } from "./media-view.tsx";
import { TableView } from "./table-view.tsx";
import { TextView } from "./text-view.tsx";

const MarkdownView = lazy(async () => ({ default: (await import("./markdown-view.tsx")).MarkdownView }));

const MOST_CSV_ROWS = 100_000;

interface FileViewProps {
  run: string;
  shows: FileShow;
  file: OutputFile;
}

/** A file that a run left: as far as it can be shown, and a download. */
export function FileView({ run, shows, file }: FileViewProps) {
  const api = useApi();
  return (
    <div className="file-view">
      <p className="actions">
        <code>{showLine(file.path, 300)}</code>
        <span className="muted">{formatBytes(file.size_bytes)}</span>
        <SaveButton
          filename={file.name}
          label={`Download ${showLine(file.path, 300)}`}
          fetchFile={() => api.open(runRoutes.downloadArtifact, { params: { run, artifact: file.id } })}
        >
          Download
        </SaveButton>
      </p>
      {shows !== "none" && <FileContent run={run} shows={shows} file={file} />}
    </div>
  );
}

function FileContent({ run, shows, file }: FileViewProps) {
  switch (shows) {
    case "image":
    case "pdf":
    case "audio":
    case "video":
      return <MediaView run={run} shows={shows} file={file} />;
    default:
      return <TextContent run={run} shows={shows} file={file} />;
  }
}

function TextContent({ run, shows, file }: FileViewProps) {
  const api = useApi();
  const text = useQuery({
    queryKey: ["artifact", run, file.id],
    queryFn: async ({ signal }) => {
      const answer = await api.open(runRoutes.downloadArtifact, {
        params: { run, artifact: file.id },
        signal,
      });
      return answer.text();
    },
    // What a run left never changes.
    staleTime: "static",
  });
  if (text.isPending) return <div className="skeleton" />;
  if (text.isError) return <p className="muted">The preview could not be loaded.</p>;
  if (shows === "html") return <HtmlFrame html={text.data} title={file.name} />;
  if (shows === "csv") return <CsvContent text={text.data} name={file.name} />;
  if (shows === "markdown") {
    return (
      <Suspense fallback={<div className="skeleton" />}>
        <MarkdownView text={showText(text.data)} />
      </Suspense>
    );
  }
  return <TextView text={showText(text.data)} isCode />;
}

function CsvContent({ text, name }: { text: string; name: string }) {
  const { rows, isCut } = readCsv(text, MOST_CSV_ROWS + 1);
  const [header = [], ...body] = rows;
  const table = tableOf(body, true);
  if (table === null || header.length === 0) return <TextView text={showText(text)} isCode />;
  // Two columns of a file may be called the same, and a table's may not.
  const columns = header.map((column, at) =>
    header.indexOf(column) < at ? `${column} (${at + 1})` : column,
  );
  const whole = body.map((row) => columns.map((_, at) => row[at] ?? null));
  return (
    <>
      <TableView table={{ columns, rows: whole, leftOut: 0 }} name={name} />
      {isCut && <p className="muted">The file has more rows than a page can hold; the download has all.</p>}
    </>
  );
}
