import { useQuery } from "@tanstack/react-query";
import { useEffect, useState, useSyncExternalStore } from "react";
import type { OutputView } from "#contract/outputs/output";
import { showLine } from "#contract/outputs/show-text";
import { chartRoutes } from "#contract/charts/routes";
import { useApi } from "../api/api-context.ts";
import { describeError } from "../api/describe-error.ts";
import { JsonTree } from "./json-tree.tsx";
import { TableView } from "./table-view.tsx";

interface ChartViewProps {
  run: string;
  view: Extract<OutputView, { kind: "chart" }>;
  name: string;
}

/** A chart: its picture, which the edge draws, then the rows that it is drawn of and how it is written. */
export function ChartView({ run, view, name }: ChartViewProps) {
  return (
    <>
      <Picture run={run} view={view} />
      {view.table !== null && (
        <details>
          <summary>The rows of the chart, as a table</summary>
          <TableView table={view.table} name={name} />
        </details>
      )}
      <details>
        <summary>How the chart is written</summary>
        <JsonTree value={view.spec} label={`${name}, as written`} />
      </details>
    </>
  );
}

function Picture({ run, view }: Omit<ChartViewProps, "name">) {
  const api = useApi();
  const look = useMedia("(prefers-color-scheme: dark)") ? ("dark" as const) : ("light" as const);
  const width = useMedia("(max-width: 34rem)") ? ("narrow" as const) : ("wide" as const);
  const picture = useQuery({
    queryKey: ["chart", run, view.pointer, look, width],
    queryFn: async ({ signal }) => {
      const query = { at: view.pointer, look, width };
      return (await api.open(chartRoutes.drawRunChart, { params: { run }, query, signal })).blob();
    },
    staleTime: "static",
  });
  if (picture.isPending) return <div className="skeleton" />;
  if (picture.isError) {
    const why = showLine(describeError(picture.error).detail, 300);
    return <p className="muted">The chart is not drawn: {why}</p>;
  }
  const alt = view.title === "" ? "Chart" : `Chart: ${view.title}`;
  return (
    <Drawn blob={picture.data} alt={view.table === null ? alt : `${alt}. Its rows are in the table below.`} />
  );
}

/** As an image element no picture can act, whatever is in it. */
function Drawn({ blob, alt }: { blob: Blob; alt: string }) {
  const [element, setElement] = useState<HTMLElement | null>(null);
  useEffect(() => {
    if (element === null) return undefined;
    const address = URL.createObjectURL(blob);
    element.setAttribute("src", address);
    return () => URL.revokeObjectURL(address);
  }, [element, blob]);
  return <img ref={setElement} className="chart" alt={alt} />;
}

/** Whether the reader's screen is as the query says, now and when it changes. */
function useMedia(query: string): boolean {
  return useSyncExternalStore(
    (tell) => {
      const list = window.matchMedia(query);
      list.addEventListener("change", tell);
      return () => list.removeEventListener("change", tell);
    },
    () => window.matchMedia(query).matches,
  );
}
