import { ApiProblem } from "#contract/client";
import { contextRoutes } from "#contract/contexts/routes";
import { runRoutes } from "#contract/runs/routes";
import { can } from "../../access/policy.ts";
import { asResource } from "../../catalog/require-worker.ts";
import type { WorkerVersion } from "../../catalog/store.ts";
import type { McpCaller } from "../caller.ts";
import type { ResourceDescriptor, ResourcePage } from "./resource-source.ts";
import { AUTHORING_URI, contextUri, runUri, workerUri } from "./resource-uri.ts";

const PAGE_ITEMS = 100;
const RUN_ITEMS = 50;
/** What is few is listed by its place, runs by the cursor of their own list. */
const placeForm = /^at:([0-9]{1,9})$/;
const runsForm = /^runs:(.*)$/;

/**
 * One page of what there is: how to write a worker, the folders of workers and contexts, and then the runs, newest
 * first. Null for a cursor that was never given out.
 */
export async function listResources(
  caller: McpCaller,
  cursor: string | undefined,
): Promise<ResourcePage | null> {
  const [, after] = runsForm.exec(cursor ?? "") ?? [];
  if (after !== undefined) return listRuns(caller, after);
  const [, place] = placeForm.exec(cursor ?? "at:0") ?? [];
  if (place === undefined) return null;
  const from = Number(place);
  const folders = await listFolders(caller);
  const resources = folders.slice(from, from + PAGE_ITEMS);
  const isMore = folders.length > from + PAGE_ITEMS;
  return { resources, nextCursor: isMore ? `at:${from + PAGE_ITEMS}` : "runs:" };
}

/** The workers that the caller may read, of those that the address is for. */
export async function listReadable({ principal, wish, listWorkers }: McpCaller): Promise<WorkerVersion[]> {
  return (await listWorkers()).filter(
    ({ worker }) =>
      (wish.worker === null || worker.name === wish.worker) &&
      worker.archived_at === null &&
      can(principal, "workers:read", asResource(worker)),
  );
}

async function listFolders(caller: McpCaller): Promise<ResourceDescriptor[]> {
  const only = caller.wish.worker;
  const workers = (await listReadable(caller)).map(({ worker, version: { manifest } }) => ({
    uri: workerUri(worker.name),
    name: worker.name,
    title: `Files of ${manifest.title}`,
    mimeType: "application/json",
  }));
  if (only !== null) return workers;
  const contexts = await unlessForbidden(caller.api.call(contextRoutes.listContexts), []);
  const authoring = {
    uri: AUTHORING_URI,
    name: "authoring",
    title: "How to write a worker",
    mimeType: "text/markdown",
  };
  const folders = contexts.map(({ name, description }) => ({
    uri: contextUri(name),
    name,
    title: `Context ${name}`,
    description,
    mimeType: "application/json",
  }));
  return [authoring, ...workers, ...folders];
}

async function listRuns(caller: McpCaller, after: string): Promise<ResourcePage | null> {
  const { worker } = caller.wish;
  const query = {
    limit: RUN_ITEMS,
    ...(after === "" ? {} : { cursor: after }),
    ...(worker === null ? {} : { worker_id: worker }),
  };
  const none = { runs: [], next_cursor: null };
  const page = await unlessRefused(unlessForbidden(caller.api.call(runRoutes.listRuns, { query }), none));
  if (page === null) return null;
  const resources = page.runs.map(({ id, worker_id, status }) => ({
    uri: runUri(id),
    name: id,
    title: `Run of ${worker_id}: ${status}`,
    mimeType: "application/json",
  }));
  return page.next_cursor === null ? { resources } : { resources, nextCursor: `runs:${page.next_cursor}` };
}

/** A list that the caller may not see is an empty one. */
async function unlessForbidden<T>(asked: Promise<T>, none: T): Promise<T> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof ApiProblem && error.problem.status === 403) return none;
    throw error;
  }
}

/** Null for what the route cannot take or does not have, or what the caller may not read: nobody learns which. */
export async function unlessRefused<T>(asked: Promise<T>): Promise<T | null> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof ApiProblem && [400, 403, 404, 410, 422].includes(error.problem.status)) return null;
    throw error;
  }
}
