import type { PartialOutput } from "../runs/partial.ts";

/** How much has come, in words, and whether the newest of it alone is shown. Pure. */
export function describePartial({ count, left_out }: Pick<PartialOutput, "count" | "left_out">): string {
  const said = count === 1 ? "1 piece" : `${count.toLocaleString("en-US")} pieces`;
  return left_out ? `${said}, the newest shown` : said;
}
