import { expect } from "vitest";
import { importAnswerSchema } from "#contract/moves/move";
import type { ImportAnswer, ImportItem } from "#contract/moves/move";
import { callApi } from "./api-harness.ts";

/** The archive of a workspace, whole. */
export async function exportAll(query = "", token?: string): Promise<Uint8Array<ArrayBuffer>> {
  const answer = await callApi("GET", `/api/workspace/export${query}`, token === undefined ? {} : { token });
  expect(answer.status).toBe(200);
  return new Uint8Array(await answer.arrayBuffer());
}

/** Sends an archive, and answers whatever comes of its first things. */
export function sendArchive(zip: Uint8Array<ArrayBuffer>, token: string, query = ""): Promise<Response> {
  const headers = { "content-type": "application/zip" };
  return callApi("POST", `/api/workspace/import${query}`, { token, body: zip, headers });
}

/** Takes an archive over to its end. */
export async function importAll(
  zip: Uint8Array<ArrayBuffer>,
  token: string,
  query: Record<string, string> = {},
): Promise<ImportItem[]> {
  const read = async (answer: Response): Promise<ImportAnswer> => {
    const body: unknown = await answer.json();
    expect(answer.status, JSON.stringify(body)).toBe(200);
    return importAnswerSchema.parse(body);
  };
  let answer = await read(await sendArchive(zip, token, `?${new URLSearchParams(query)}`));
  const items = [...answer.items];
  while (answer.next !== null) {
    const search = new URLSearchParams({ ...query, from: String(answer.next) });
    const path = `/api/workspace/import/${answer.archive}/continue?${search}`;
    answer = await read(await callApi("POST", path, { token }));
    items.push(...answer.items);
  }
  return items;
}

/** Items as `kind name: outcome`, but those that are only there. */
export const outcomesOf = (items: readonly ImportItem[]): string[] =>
  items.map(({ kind, name, outcome }) => `${kind} ${name}: ${outcome}`);
