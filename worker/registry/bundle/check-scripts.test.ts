import { expect, it } from "vitest";
import { fileOf } from "./bundle-file.ts";
import { checkScripts } from "./check-scripts.ts";

const codes = async (path: string, text: string, executable = false) =>
  (await checkScripts([fileOf(path, new TextEncoder().encode(text), executable)])).map(({ code }) => code);

it("a shell script that was saved on Windows is named before it fails in words of bash", async () => {
  expect(await codes("run.sh", "#!/bin/bash\r\nset -e\r\n")).toEqual(["windows_line_ends"]);
  expect(await codes("lib/names.sh", "a=1\r\n")).toEqual(["windows_line_ends"]);
  expect(await codes("bin/tool", "#!/usr/bin/env python3\r\n", true)).toEqual(["windows_line_ends"]);
  expect(await codes("run.sh", "\uFEFF#!/bin/bash\necho hi\n")).toEqual(["byte_order_mark"]);
  const utf16 = Uint8Array.from([0xff, 0xfe, 0x65, 0]);
  expect(await checkScripts([fileOf("run.sh", utf16)])).toMatchObject([{ code: "not_text" }]);
});

it("what runs all the same is left alone", async () => {
  expect(await codes("run.py", "#!/usr/bin/env python3\r\n", true)).toEqual([]);
  expect(await codes("run.sh", "#!/bin/bash\nprintf 'a\\r\\n'\n")).toEqual([]);
  expect(await codes("data", "a\r\nb", true)).toEqual([]);
  expect(await codes("node_modules/x/run.sh", "a\r\n")).toEqual([]);
});
