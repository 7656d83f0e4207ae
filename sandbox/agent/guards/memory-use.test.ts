import { expect, it } from "vitest";
import { countUnixSockets } from "./memory-use.ts";

const head = "protocol  size sockets  memory press maxhdr  slab module";

it.each([
  [
    "counts both kinds of a new kernel",
    "UNIX-STREAM 1152     57      -1   NI\nUNIX      1152      3      -1   NI",
    60,
  ],
  ["counts the one kind of an old kernel", "UNIX      1024     12      -1   NI", 12],
  ["counts no other protocol", "TCP       2304      4       0   no\nUNIXLIKE 1 99 0", 0],
])("the number of unix sockets %s", (_name, rows, count) => {
  expect(countUnixSockets(`${head}\n${rows}\n`)).toBe(count);
});
