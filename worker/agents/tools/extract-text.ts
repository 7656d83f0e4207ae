const entities: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'", nbsp: " " };

/** What a person reads of a page, about: no scripts, no styles, no tags. Pure. */
export function extractText(html: string): string {
  return html
    .replaceAll(/<!--[\s\S]*?-->/g, " ")
    .replaceAll(/<(script|style|noscript|template|svg)\b[\s\S]*?<\/\1\s*>/gi, " ")
    .replaceAll(/<(?:br|\/p|\/div|\/li|\/h[1-6]|\/tr)\b[^>]*>/gi, "\n")
    .replaceAll(/<[^>]*>/g, " ")
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
