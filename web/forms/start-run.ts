import type { Inputs, RunDetail } from "#contract/runs/run";
import type { Api } from "../api/api-context.ts";
import { routes } from "../api/routes.ts";
import type { BuiltInputs } from "./draft.ts";

/** A key that makes sending the same form twice start one run. */
export function newIdempotencyKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export interface StartRunOptions {
  worker: string;
  built: BuiltInputs;
  idempotencyKey: string;
}

/** Uploads the form's files, then starts the run. Returns it as it stands on the record. */
export async function startRun(
  api: Api,
  { worker, built, idempotencyKey }: StartRunOptions,
): Promise<RunDetail> {
  const inputs: Inputs = { ...built.inputs };
  for (const [name, file] of Object.entries(built.files)) {
    const body = new FormData();
    body.append("file", file, file.name);
    const upload = await api.call(routes.createUpload, { body });
    inputs[name] = upload.id;
  }
  return api.call(routes.startRun, {
    params: { worker },
    json: { inputs, trigger_source: "manual" },
    headers: { "idempotency-key": idempotencyKey },
  });
}
