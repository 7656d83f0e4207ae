import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { basename, dirname, join, relative, resolve } from "node:path";
import { workerNameSchema } from "#contract/manifest/manifest";
import { CliError, usageError } from "../../cli-error.ts";
import type { Run } from "../../command.ts";
import { exitCodes } from "../../exit-code.ts";
import { quoteWord } from "../../output/quote-word.ts";
import type { initSpec } from "./specs.ts";

const templatesDir = join(import.meta.dirname, "..", "..", "templates");

/** Makes a worker's folder from a template. Nothing that is there already is touched. */
export const run: Run<typeof initSpec> = async (context, { args, options }) => {
  const { host, output, json } = context;
  const dir = resolve(host.cwd, args.dir);
  const name = chooseName(options.name, dir);
  const files = await fillTemplate(join(templatesDir, options.template ?? "python"), {
    NAME_OF_WORKER: name,
    TITLE_OF_WORKER: toTitle(name),
  });
  await expectNoneThere(dir, files);
  for (const { path, text } of files) {
    await mkdir(dirname(join(dir, path)), { recursive: true });
    await writeFile(join(dir, path), text, { flag: "wx" });
  }
  if (json) {
    output.document({ name, dir, files: files.map(({ path }) => path) });
    return exitCodes.ok.code;
  }
  const shown = relative(host.cwd, dir) || ".";
  output.line(`Made ${name} in ${shown}: ${files.map(({ path }) => path).join(", ")}`);
  output.line();
  output.line("Next:");
  output.line(`  floom workers push ${quoteWord(shown)}`);
  output.line(`  floom run ${name} --input name=Ada`);
  return exitCodes.ok.code;
};

/** The name given, or one made of the folder's. */
function chooseName(given: string | undefined, dir: string): string {
  const candidate =
    given ??
    basename(dir)
      .toLowerCase()
      .replaceAll(/[^a-z0-9]+/g, "-")
      .replaceAll(/^-+|-+$/g, "");
  if (workerNameSchema.safeParse(candidate).success) return candidate;
  throw usageError(
    given === undefined
      ? `The folder's name makes no worker's name: ${basename(dir)}`
      : `This is no worker's name: ${given}`,
    "A name is 3 to 64 lower-case letters, digits and hyphens, e.g. --name daily-report",
  );
}

function toTitle(name: string): string {
  const words = name.replaceAll("-", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

interface TemplateFile {
  path: string;
  text: string;
}

async function fillTemplate(folder: string, values: Record<string, string>): Promise<TemplateFile[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .sort();
  return Promise.all(
    paths.map(async (path) => {
      const text = await readFile(join(folder, path), "utf8");
      return { path, text: text.replaceAll(/[A-Z]+_OF_WORKER/g, (token) => values[token] ?? token) };
    }),
  );
}

async function expectNoneThere(dir: string, files: readonly TemplateFile[]): Promise<void> {
  const there = new Set(await readdir(dir).catch(() => []));
  const clashing = files.filter(({ path }) => there.has(path));
  if (clashing.length === 0) return;
  throw new CliError(`${dir} holds files of the same names; nothing was written.`, {
    exit: "conflict",
    code: "files_exist",
    hint: "Choose another folder.",
    errors: clashing.map(({ path }) => ({ pointer: path, detail: "is there already" })),
  });
}
