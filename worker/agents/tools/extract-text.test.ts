import { expect, it } from "vitest";
import { extractText } from "./extract-text.ts";

it("reads a page as a person does, without scripts, styles, comments and tags", () => {
  const page =
    "<html><style>p{}</style><script>evil('</p>')</script ><!-- hidden --><p>A &amp; B<br>C&#33;</p><svg><text>x</text></svg>D</html>";
  expect(extractText(page)).toBe("A & B\nC!\nD");
  expect(extractText("a < b and <!-- never ended")).not.toContain("never");
});

it("takes no more time than a page is long, whatever its author has left open", () => {
  for (const open of ["<", "<!--", "<script ", "<script>", "<br ", "<svg><style>", "</"]) {
    const page = open.repeat(Math.floor(1_000_000 / open.length));
    expect(extractText(page).length).toBeLessThanOrEqual(page.length);
  }
}, 20_000);
