import * as z from "zod";
import { sourceFileSchema } from "#contract/workers/worker";
import type { SourceFile } from "#contract/workers/worker";

/** `functions`: typed functions with a form each; `folder`: a worker.yml with a script or an agent; `service`: tools of a service. */
const templateKindSchema = z.enum(["functions", "folder", "service"]);
export type TemplateKind = z.infer<typeof templateKindSchema>;

const templateFacts = {
  name: z.string(),
  kind: templateKindSchema,
  title: z.string(),
  description: z.string(),
};

/** What the gallery shows of a template. */
export const templateSummarySchema = z.object({ ...templateFacts, file_count: z.int() });
export type TemplateSummary = z.infer<typeof templateSummarySchema>;

/** A worker to start from, with its files. */
export const workerTemplateSchema = z.object({ ...templateFacts, files: z.array(sourceFileSchema) });
export type WorkerTemplate = z.infer<typeof workerTemplateSchema>;

/** The template's files for a worker of another name, which is no example any more. Pure. */
export function nameFiles(files: readonly SourceFile[], name: string): SourceFile[] {
  return files.map((file) =>
    file.path === "worker.yml"
      ? {
          ...file,
          content: file.content
            .replace(/^name: .*$/m, () => `name: ${name}`)
            .replace(/^is_example: true\n/m, ""),
        }
      : file,
  );
}

/** A name that no worker has yet: the template's, else the first with a number. Pure. */
export function findFreeName(name: string, taken: ReadonlySet<string>): string {
  if (!taken.has(name)) return name;
  for (let number = 2; ; number++) if (!taken.has(`${name}-${number}`)) return `${name}-${number}`;
}
