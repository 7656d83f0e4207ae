import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Flame } from "./fold-profile.ts";

/** A file of an installed package, which need not be one that others may import. */
function readPart(file: string): string {
  return readFileSync(join(import.meta.dirname, "../../node_modules", file), "utf8");
}

/** What may stand inside a script of a page. */
const asScript = (value: unknown): string => JSON.stringify(value).replaceAll("<", "\\u003c");

/** One page with a flame graph for each of these, that needs nothing beside itself. A click on a box enlarges it. */
export function renderFlamePage(title: string, flames: readonly Flame[]): string {
  const libraries = [
    readPart("d3-selection/dist/d3-selection.min.js"),
    readPart("d3-flame-graph/dist/d3-flamegraph.min.js"),
  ];
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>${title}</title>
<style>${readPart("d3-flame-graph/dist/d3-flamegraph.css")} body { font-family: sans-serif; margin: 1rem; }</style>
<body>
<h1>${title}</h1>
${libraries.map((code) => `<script>${code.replaceAll("</script", "<\\/script")}</script>`).join("\n")}
<script>
for (const flame of ${asScript(flames)}) {
  const body = d3.select("body");
  body.append("h2").text(flame.name + ": " + Math.round(flame.value / 1000) + " ms at work");
  const label = ({ data, value }) => data.name + ": " + (value / 1000).toFixed(1) + " ms";
  const chart = flamegraph().width(document.body.clientWidth).cellHeight(18).sort(true).minFrameSize(2).label(label);
  body.append("div").datum(flame).call(chart);
}
</script>
</body>
</html>
`;
}
