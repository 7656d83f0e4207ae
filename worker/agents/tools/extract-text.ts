const entities: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'", nbsp: " " };

const SILENT = /^(script|style|noscript|template|svg)\b/;
const BREAKING = /^(?:br|\/p|\/div|\/li|\/h[1-6]|\/tr)\b/;

/** What a person reads of a page, about: no scripts, no styles, no tags. Takes time by its length alone. Pure. */
export function extractText(html: string): string {
  return dropMarkup(html)
    .replaceAll(/&(?:#(\d{1,7})|(\w{2,6}));/g, (whole, code: string | undefined, name: string | undefined) =>
      code === undefined ? (entities[name ?? ""] ?? whole) : characterOf(Number(code)),
    )
    .replaceAll(/[ \t\f\v]+/g, " ")
    .replaceAll(/ *\n\s*/g, "\n")
    .trim();
}

function characterOf(code: number): string {
  return code > 31 && code <= 0x10_ff_ff ? String.fromCodePoint(code) : " ";
}

/** Goes through the page once: what is not closed by its end is searched for once, and ends it. */
function dropMarkup(html: string): string {
  const lower = html.replaceAll(/[A-Z]+/g, (letters) => letters.toLowerCase());
  const kept: string[] = [];
  let at = 0;
  for (;;) {
    const start = lower.indexOf("<", at);
    kept.push(html.slice(at, start === -1 ? undefined : start));
    if (start === -1) break;
    if (!/[a-z/!?]/.test(lower.charAt(start + 1))) {
      kept.push("<");
      at = start + 1;
      continue;
    }
    const end = endOfMarkup(lower, start);
    if (end === "text") kept.push(html.slice(start));
    if (typeof end === "string") break;
    kept.push(BREAKING.test(lower.slice(start + 1, start + 12)) ? "\n" : " ");
    at = end;
  }
  return kept.join("");
}

/** Where a comment, a tag or a silent element ends; else what all that follows is. */
function endOfMarkup(lower: string, start: number): number | "text" | "hidden" {
  if (lower.startsWith("<!--", start)) {
    const close = lower.indexOf("-->", start + 4);
    return close === -1 ? "hidden" : close + 3;
  }
  const end = lower.indexOf(">", start);
  if (end === -1) return "text";
  const [, silent] = SILENT.exec(lower.slice(start + 1, start + 12)) ?? [];
  if (silent === undefined) return end + 1;
  const close = lower.indexOf(`</${silent}`, end);
  const closed = close === -1 ? -1 : lower.indexOf(">", close);
  return closed === -1 ? "hidden" : closed + 1;
}
