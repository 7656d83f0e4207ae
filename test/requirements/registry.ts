import type { Requirement } from "../requirements.ts";

const badInput = "issue A, Bad input";

export const requirements: Requirement[] = [
  {
    id: "registry:manifest:every-error-at-once",
    promise:
      "A worker.yml with many mistakes is answered with all of them, each with line, column, code and fix.",
    source: badInput,
  },
  {
    id: "registry:manifest:unknown-key-suggests",
    promise: "An unknown key is an error that names the key that was probably meant.",
    source: badInput,
  },
  {
    id: "registry:manifest:not-a-mapping-refused",
    promise: "A file that is not one YAML mapping is refused with the place and the reason.",
    source: badInput,
  },
  {
    id: "registry:manifest:each-rule-has-a-code",
    promise:
      "Bad name, bad semver, bad cron or zone, missing entry, input without type, mixed kinds and duplicate names each have their own code.",
    source: badInput,
  },
  {
    id: "registry:manifest:aliases-cannot-explode",
    promise: "Aliases that multiply themselves and absurd nesting are refused quickly.",
    source: "design/product.md, Limits",
  },
  {
    id: "registry:manifest:seen-in-the-wild-accepted",
    promise:
      "Everything seen in existing workers is accepted with a warning: the older shape, lifted keys, old names.",
    source: "reference/floom.md section 1.11",
  },
  {
    id: "registry:manifest:never-dropped-in-silence",
    promise:
      "Connections under exec, bounds and formats work or are refused; nothing is ignored without a word.",
    source: "design/product.md, A worker",
  },
  {
    id: "registry:bundle:hostile-zip-refused",
    promise:
      "A zip with traversal, absolute paths, links, special files, NUL, clashes, encryption or lies about its sizes is refused with the file's name.",
    source: badInput,
  },
  {
    id: "registry:bundle:memory-bounded",
    promise:
      "A zip and a form of the largest permitted size are in memory once, and a hostile one costs less than that.",
    source: "Issue C, item 11",
  },
  {
    id: "registry:bundle:limits-enforced",
    promise:
      "A bundle over the limit of a file, of all files or of their number is refused, a zip bomb while it inflates.",
    source: badInput,
  },
  {
    id: "registry:bundle:secret-files-refused",
    promise: "Files that look as if they held a secret are refused by name; examples of them are not.",
    source: badInput,
  },
  {
    id: "registry:bundle:same-folder-same-digest",
    promise: "The same folder has the same digest, whatever the order, the times and the packing of its zip.",
    source: "design/product.md, Bundle",
  },
  {
    id: "registry:inputs:checked-and-converted-once",
    promise:
      "Inputs are checked by the version's fields and converted: missing, wrong type, out of bounds, not in options, unknown name and oversize are refused with pointers.",
    source: badInput,
  },
  {
    id: "registry:inputs:sample-is-accepted",
    promise: "The sample input of a worker is accepted by that worker.",
    source: "issue A, point 6",
  },
  {
    id: "registry:deploys:immutable-numbered-versions",
    promise:
      "A push makes the next number; the same folder again makes none; concurrent pushes never share a number.",
    source: "issue A, point 4",
  },
  {
    id: "registry:deploys:compare-and-swap",
    promise: "A push made from a version that is no longer active is refused and changes nothing.",
    source: "issue A, point 6",
  },
  {
    id: "registry:deploys:nothing-half-done",
    promise: "A refused push stores nothing.",
    source: badInput,
  },
  {
    id: "registry:deploys:other-workspace-unseen",
    promise: "Workers and uploads of another workspace read as missing.",
    source: "issue A, point 7",
  },
  {
    id: "registry:change:as-a-version",
    promise: "A changed setting of a worker is a version like any other: judged, listed, rolled back.",
    source: "docs/decisions/0022-the-first-clients-shapes.md",
  },
  {
    id: "registry:uploads:kept-by-content",
    promise:
      "An upload's id is its SHA-256; it comes back byte for byte as an attachment that no browser runs.",
    source: "issue A, point 6",
  },
  {
    id: "registry:folders:made-by-people",
    promise:
      "People put workers into folders of the workspace without a push: it goes before what worker.yml says, survives pushes and moves, and can be taken back.",
    source: "Issue L, point 1",
  },
];
