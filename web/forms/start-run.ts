import { readForm } from "#contract/forms/read-form";
import type { FormReading } from "#contract/forms/read-form";
import type { FormModel } from "#contract/forms/form";
import type { RunDetail } from "#contract/runs/run";
import { actionRoutes } from "#contract/actions/routes";
import { uploadRoutes } from "#contract/uploads/routes";
import type { Api } from "../api/api-context.ts";
import type { Draft } from "./draft.ts";

/** A key that makes sending the same form twice start one run. */
export function newIdempotencyKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** The draft as values, each file by a stand-in: what is wrong is known before anything is uploaded. */
export function readDraft(form: FormModel, { entries, files }: Draft): FormReading {
  const standIns = new Map(
    chosenFiles(files).map(([name, given]) => [name, given.map(({ name: file }) => file)]),
  );
  return readForm(form, entries, standIns);
}

const chosenFiles = (files: Draft["files"]) => [...files].filter(([, given]) => given.length > 0);

export interface StartRunOptions {
  worker: string;
  action: string;
  form: FormModel;
  draft: Draft;
  idempotencyKey: string;
}

/** Uploads the form's files, then starts the run. Returns it as it stands on the record. */
export async function startRun(api: Api, options: StartRunOptions): Promise<RunDetail> {
  const { worker, action, form, draft, idempotencyKey } = options;
  const ids = new Map<string, string[]>();
  for (const [name, files] of chosenFiles(draft.files)) {
    const uploaded: string[] = [];
    for (const file of files) uploaded.push(await upload(api, file));
    ids.set(name, uploaded);
  }
  const { inputs } = readForm(form, draft.entries, ids);
  return api.call(actionRoutes.startAction, {
    params: { worker, action },
    json: { inputs, trigger_source: "manual" },
    headers: { "idempotency-key": idempotencyKey },
  });
}

async function upload(api: Api, file: File): Promise<string> {
  const body = new FormData();
  body.append("file", file, file.name);
  const { id } = await api.call(uploadRoutes.createUpload, { body });
  return id;
}
