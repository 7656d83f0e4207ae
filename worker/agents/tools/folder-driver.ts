import type { Json } from "#contract/json";
import { isObject } from "../../registry/actions/compile-schema.ts";
import { whyUnsafePath } from "#contract/safe-path";
import type { ToolAnswer, ToolDefinition, ToolDriver } from "../../tools/gate-api.ts";

/** A file that an agent may read, below its bundle or `context/<name>/`. */
export interface ReadableFile {
  path: string;
  size: number;
  read: () => Promise<Uint8Array>;
}

/** The most of one file that is read. */
const FILE_BYTES = 256 * 1024;
const MOST_LISTED = 500;

const reading = {
  source: "builtin",
  effect: "read",
  method: null,
  approval: "never",
  calls_per_minute: null,
  repeatable: true,
} as const;

const withPath = (required: boolean, description: string) => ({
  type: "object",
  properties: { path: { type: "string", maxLength: 512, description } },
  required: required ? ["path"] : [],
  additionalProperties: false,
});

const tools: ToolDefinition[] = [
  {
    ...reading,
    name: "list_dir",
    description: "Lists the files of a folder: of your own bundle, or of a context below context/.",
    input_schema: withPath(false, "The folder; nothing for the top one."),
    untrusted: false,
  },
  {
    ...reading,
    name: "read_file",
    description: "Reads a file of text: of your own bundle, or of a context below context/.",
    input_schema: withPath(true, "As list_dir names it."),
    untrusted: false,
  },
];

/** list_dir and read_file. `list` gives all files that the run may read. */
export function openFolderDriver(list: () => Promise<readonly ReadableFile[]>): ToolDriver {
  return {
    list: () => tools,
    prepare: ({ arguments: given }) => {
      const path = pathOf(given);
      const why = path === "" ? null : whyUnsafePath(path);
      return why === null
        ? { request: { path }, credentials: [] }
        : { fault: `The path ${why}.`, pointer: "/path" };
    },
    execute: async ({ tool, request }) => {
      const path = pathOf(request);
      const files = await list();
      return tool === "list_dir" ? listDir(files, path) : readFile(files, path);
    },
  };
}

/** Without what may stand at its ends. */
function pathOf(given: Json): string {
  const path = isObject(given) ? given["path"] : undefined;
  if (typeof path !== "string" || path === ".") return "";
  return path.replace(/^\.\//, "").replace(/\/+$/, "");
}

const missing = (path: string): ToolAnswer => ({
  ok: false,
  code: "not_found",
  message: `There is no ${path}. list_dir shows what there is.`,
  retryable: false,
  sent: false,
});

function listDir(files: readonly ReadableFile[], path: string): ToolAnswer {
  const prefix = path === "" ? "" : `${path}/`;
  const below = files.filter((file) => file.path.startsWith(prefix));
  if (below.length === 0 && path !== "") return missing(path);
  const names = new Map<string, Record<string, Json>>();
  for (const file of below) {
    const [step = "", ...rest] = file.path.slice(prefix.length).split("/");
    const isFolder = rest.length > 0;
    names.set(isFolder ? `${step}/` : step, isFolder ? { folder: true } : { size_bytes: file.size });
  }
  const entries = [...names].slice(0, MOST_LISTED).map(([name, facts]) => ({ name, ...facts }));
  return { ok: true, content: { path, entries, more: Math.max(0, names.size - MOST_LISTED) } };
}

async function readFile(files: readonly ReadableFile[], path: string): Promise<ToolAnswer> {
  const file = files.find((one) => one.path === path);
  if (file === undefined) return missing(path);
  if (file.size > FILE_BYTES) {
    const message = `${path} has ${file.size} bytes; files of up to ${FILE_BYTES} can be read.`;
    return { ok: false, code: "too_large", message, retryable: false, sent: false };
  }
  try {
    return {
      ok: true,
      content: new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(await file.read()),
    };
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    const message = `${path} holds no text in UTF-8.`;
    return { ok: false, code: "not_text", message, retryable: false, sent: false };
  }
}
