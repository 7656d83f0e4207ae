import { execFile } from "node:child_process";
import { join } from "node:path";
import * as z from "zod";
import { textOf } from "../interop-client.ts";
import type { InteropKind, InteropPlace } from "../interop-client.ts";

const listForm = z.object({ tools: z.array(z.object({ name: z.string() })) });
const callForm = z.object({
  content: z.array(z.looseObject({ type: z.string() })),
  isError: z.boolean().optional(),
});

/** So it ends where a tool refuses; everything else that is not 0 is a request that failed. */
const TOOL_REFUSED = 5;

/** The Inspector's command line, of the packages in `folder`: each request is a process, and whoever gives up ends it. */
export const inspector = (folder: string, version: string): InteropKind => ({
  name: `Inspector ${version}, CLI`,
  asks: false,
  open: async (place) => ({
    list: async () =>
      listForm
        .parse(JSON.parse(await ask(folder, place, ["--method", "tools/list"])))
        .tools.map(({ name }) => name),
    call: async (tool, args, signal) => {
      const pairs = Object.entries(args).flatMap(([name, value]) => ["--tool-arg", `${name}=${value}`]);
      const words = ["--method", "tools/call", "--tool-name", tool, ...pairs];
      const { content, isError = false } = callForm.parse(
        JSON.parse(await ask(folder, place, words, signal)),
      );
      return { text: textOf(content), isError };
    },
    close: async () => undefined,
  }),
});

function ask(
  folder: string,
  { url, token }: InteropPlace,
  words: readonly string[],
  signal?: AbortSignal,
): Promise<string> {
  const program = join(
    folder,
    "node_modules",
    "@modelcontextprotocol",
    "inspector",
    "clients",
    "launcher",
    "build",
    "index.js",
  );
  const from = ["--cli", url, "--transport", "http", "--header", `Authorization: Bearer ${token}`];
  return new Promise((resolve, reject) => {
    const options = { maxBuffer: 64 * 1024 * 1024, ...(signal === undefined ? {} : { signal }) };
    execFile(process.execPath, [program, ...from, ...words], options, (error, stdout, stderr) => {
      if (error === null || error.code === TOOL_REFUSED) resolve(stdout);
      else
        reject(new Error(`It ended with ${String(error.code)}: ${stderr.slice(0, 500)}`, { cause: error }));
    });
  });
}
