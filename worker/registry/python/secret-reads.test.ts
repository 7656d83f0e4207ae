import { expect, it } from "vitest";
import { verifies } from "../../../test/verifies.ts";
import { detectSecretReads } from "./secret-reads.ts";

const reads = (source: string) =>
  detectSecretReads(new Map([["app.py", source]])).map(
    ({ name, isRequired }) => `${name}${isRequired ? "" : "?"}`,
  );

it.each([
  ['import floom\nfloom.secret("KEY")', ["KEY"]],
  ['import floom as f\nf.secret("KEY", "none")', ["KEY?"]],
  ['from floom import secret as s\ns("KEY")', ["KEY"]],
  [
    'def run(inputs, context):\n    context.secret("A"); context.secrets["B"]; context.secrets.get("C", "x")',
    ["A", "B", "C?"],
  ],
  ['import os\nos.environ["A"]\nos.environ.get("B")\nos.getenv("C", "x")', ["A", "B", "C?"]],
  ['from os import environ, getenv as g\nenviron["A"]; g("B")', ["A", "B"]],
  ['import os\nos.environ.get("A", "x")\nos.environ["A"]', ["A"]],
  ['import os\nf(os.environ["A"].strip() or "x")', ["A"]],
])("%s", (source, expected) => {
  verifies("typing:secrets:read-from-source");
  expect(reads(source)).toEqual(expected);
});

it.each([
  'import os\nos.environ["A"] = "x"\ndel os.environ["B"]',
  'import os\nos.environ["HOME"]; os.getenv("FLOOM_RUN_ID"); os.environ.get("PYTHONPATH")',
  'import os\n# os.environ["A"]\ns = \'os.environ["B"]\'',
  "import os\nname = input()\nos.environ[name]; os.getenv(f'{name}_KEY')",
  'environ = {}\nenviron["A"]\nother.getenv("B")',
])("nothing is read by %j", (source) => {
  expect(reads(source)).toEqual([]);
});

it("says where, and once for all files", () => {
  const files = new Map([
    ["a.py", 'import os\n\nkey = os.environ.get("KEY")'],
    ["b.py", 'import os\nos.environ["KEY"]'],
    ["c.txt", 'import os\nos.environ["NO"]'],
  ]);
  expect(detectSecretReads(files)).toEqual([
    { name: "KEY", file: "a.py", line: 3, column: 7, isRequired: true },
  ]);
});
