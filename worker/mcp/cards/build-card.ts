import type { Json } from "#contract/json";
import { cardScript } from "./card-script.ts";
import { cardStyle } from "./card-style.ts";

/** What a card knows before it is told anything. */
export interface CardFacts {
  title: string;
  /** Where this server's pages are: no other address is opened. */
  origin: string;
  /** The tool that its form calls, with what that takes; absent for a card without a form. */
  form?: { tool: string; schema: Json };
}

const POLICY =
  "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; form-action 'none'";

/** A card as one file that fetches nothing. What it knows stands in it as JSON that no markup can end. Pure. */
export function buildCard({ title, origin, form }: CardFacts): string {
  const about = JSON.stringify({ title, origin, ...form }).replaceAll("<", "\\u003c");
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8" />
<meta http-equiv="Content-Security-Policy" content="${POLICY}" />
<title>Floom</title>
<style>${cardStyle}</style>
</head>
<body>
<main id="card"><h1>Floom</h1><p>Waiting for the run.</p></main>
<p id="said" role="status"></p>
<script type="application/json" id="about">${about}</script>
<script>${cardScript}</script>
</body>
</html>
`;
}
