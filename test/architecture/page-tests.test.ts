import { expect, it } from "vitest";
import { readSources } from "../../scripts/house/source-tree.ts";

const PATIENT = "test/browser/watch-page.ts";
/** A key for what may not have the focus yet, and a look at a note that may be the one before. */
const hasty = /(?<!\bkeyboard)\.press\(|"\.said"/;

it("no test of a page presses a key at what may be behind a dialog, or takes a note that was there before for its own", () => {
  const found = readSources()
    .filter(({ path }) => path.startsWith("test/browser/") && path.endsWith(".test.ts"))
    .filter(({ text }) => hasty.test(text))
    .map(({ path }) => path);
  expect(found, `${found.join("\n")}\nUse press() and said() of ${PATIENT}.`).toEqual([]);
});
