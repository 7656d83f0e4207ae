import { lazy, Suspense } from "react";
import type { ReactNode } from "react";
import type { OutputView } from "#contract/outputs/output";
import { ChartView } from "./chart-view.tsx";
import { FileView } from "./file-view.tsx";
import { HtmlFrame } from "./html-frame.tsx";
import { JsonTree } from "./json-tree.tsx";
import { TableView } from "./table-view.tsx";
import { TextView } from "./text-view.tsx";

/** A reader of Markdown that most outputs do not need. */
const MarkdownView = lazy(async () => ({ default: (await import("./markdown-view.tsx")).MarkdownView }));

interface ViewProps {
  run: string;
  view: OutputView;
  /** What the output is called, for downloads and for people who do not see it. */
  name: string;
}

/** One output, by what the output model says it is. */
export function ShowOutput({ run, view, name }: ViewProps): ReactNode {
  switch (view.kind) {
    case "empty":
      return <p className="muted">Nothing.</p>;
    case "text":
    case "code":
      return <TextView text={view} isCode={view.kind === "code"} />;
    case "link":
      return (
        <a href={view.url} rel="noopener noreferrer nofollow" target="_blank">
          {view.url}
        </a>
      );
    case "markdown":
      return (
        <Suspense fallback={<div className="skeleton" />}>
          <MarkdownView text={view} />
        </Suspense>
      );
    case "html":
      return <HtmlFrame html={view.html} title={name} />;
    case "json":
      return <JsonTree value={view.value} label={name} />;
    case "table":
      return <TableView table={view} name={name} />;
    case "chart":
      return <ChartView run={run} view={view} name={name} />;
    case "file":
      return <FileView run={run} shows={view.shows} file={view.file} />;
    case "files":
      return view.files.map((file) => <FileView key={file.id} run={run} shows="none" file={file} />);
    case "key_value":
      return (
        <dl className="outputs">
          {view.entries.map((entry) => (
            <div key={entry.name}>
              <dt>{entry.label}</dt>
              <dd>
                <ShowOutput run={run} view={entry.view} name={entry.label} />
              </dd>
            </div>
          ))}
        </dl>
      );
  }
}
