import type { Field } from "#contract/manifest/manifest";
import type { ProblemError } from "#contract/problem";
import type { Files } from "../../platform/files.ts";
import { pointerStep } from "../../platform/json-pointer.ts";
import { fileProblem } from "../../registry/check-inputs.ts";
import { contentRules, findContentFault } from "../../registry/inputs/file-content.ts";
import type { ContentRule } from "../../registry/inputs/file-content.ts";
import type { useUploads } from "./upload-store.ts";

type FoundUpload = Awaited<ReturnType<typeof useUploads>>[number];

interface GivenFiles {
  workspaceId: string;
  /** File inputs and the id that was given for each. */
  named: readonly { field: Field; value: string; pointer: string }[];
  /** Those of the ids that the workspace has. */
  uploads: readonly FoundUpload[];
}

/**
 * Why some of the files cannot be what their inputs ask for: unknown, of another type or size, or without the columns or
 * keys that worker.yml names. A file is opened for the last alone, and only when it is otherwise right.
 */
export async function judgeFiles(
  files: Pick<Files, "getUpload">,
  { workspaceId, named, uploads }: GivenFiles,
): Promise<ProblemError[]> {
  const errors: ProblemError[] = [];
  // One after the other: a request holds the content of one file at a time.
  for (const { field, value, pointer } of named) {
    const upload = uploads.find((candidate) => candidate.sha256 === value);
    if (upload === undefined) {
      const detail = `names the upload ${value}, which this workspace does not have; upload the file again`;
      errors.push({ pointer, code: "unknown_file", detail });
      continue;
    }
    const unfit = fileProblem(field, upload);
    const inside = unfit === null ? await lookInside(files, { workspaceId, field, upload }) : [];
    errors.push(...(unfit === null ? inside : [unfit]).map((error) => ({ ...error, pointer })));
  }
  return errors;
}

async function lookInside(
  files: Pick<Files, "getUpload">,
  { workspaceId, field, upload }: { workspaceId: string; field: Field; upload: FoundUpload },
): Promise<ProblemError[]> {
  const errors: ProblemError[] = [];
  for (const rule of contentRules(field, upload)) {
    const stored = await files.getUpload({ workspaceId, sha256: upload.sha256 });
    if (stored === null) return [problem(field, "unknown_file", "is stored no more; upload the file again")];
    const fault = await findContentFault(rule, stored.body);
    if (fault !== null) errors.push(problem(field, codeOf(rule), `${upload.filename} ${fault}`));
  }
  return errors;
}

function codeOf({ rule }: ContentRule): string {
  return rule === "columns" ? "missing_columns" : "missing_keys";
}

function problem(field: Field, code: string, detail: string): ProblemError {
  return { pointer: `/inputs${pointerStep(field.name)}`, code, detail };
}
