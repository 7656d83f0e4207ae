import { ProtocolError } from "@modelcontextprotocol/server";
import type { Server } from "@modelcontextprotocol/server";
import {
  DIRECTORY_MIME_TYPE,
  RESOURCES_DIRECTORY_READ_METHOD,
  SKILL_LIMITS,
  SKILLS_EXTENSION_ID,
  SKILLS_GET_METHOD,
  SKILLS_LIST_METHOD,
  skillEntry,
} from "@modelcontextprotocol/server/ext/skills";
import type { Skill } from "@modelcontextprotocol/server/ext/skills";
import * as z from "zod";
import type { WorkerVersion } from "../../catalog/store.ts";
import type { McpCaller } from "../caller.ts";
import { listWorkerPrompts } from "../prompts/worker-prompts.ts";
import { readBundle } from "../read-bundle.ts";
import { boundBytes, buildContent } from "../resources/build-content.ts";
import { unlessRefused } from "../resources/list-resources.ts";
import type { ResourceContent, ResourceDescriptor, ResourceSource } from "../resources/resource-source.ts";
import { INVALID_PARAMS } from "./error-numbers.ts";
import { orProtocolError } from "./or-protocol-error.ts";
import { foreignCursor, pageParams } from "./page-cursor.ts";

// owns the Skills extension (SEP-2640), which is Beta: all that is known of it stands here, to be changed with it. Each
// agent whose SKILL.md says its name and what it is for is a skill, with the files of its active version.

const PAGE_ITEMS = 50;
const SCHEME = "skill://";
/** The extension allows more, and this is read whole to say what it is. */
const MOST_BYTES = 4 * 1024 * 1024;
const MANIFEST = "SKILL.md";
const placeForm = /^at:([0-9]{1,9})$/;
const nameForm = /^name:\s*["']?([a-z0-9-]{1,64})["']?\s*$/m;

const uriParams = z.looseObject({ uri: z.string().max(4000), cursor: z.string().max(1000).optional() });

/** What a server says that it has. */
export const skillsCapability = { [SKILLS_EXTENSION_ID]: { directoryRead: true } };

/** A worker as a skill: its files by their addresses. */
interface WorkerSkill {
  worker: WorkerVersion;
  /** Where its files begin, with a slash at the end. */
  root: string;
  skill: Skill;
}

type MadeSkill = Omit<WorkerSkill, "worker">;

/** Versions do not change: what was made of one is good for ever. Null for one that is no skill. */
const known = new Map<string, MadeSkill | null>();
const MOST_KNOWN = 256;

/** Answers what is asked of the skills in this caller's name. */
export function serveSkills(server: Server, caller: McpCaller, { isNewer }: { isNewer: boolean }): void {
  // The first era knows no hints of how long to keep something.
  const hints = isNewer ? { ttlMs: 0, cacheScope: "private" } : {};
  server.setRequestHandler(SKILLS_LIST_METHOD, { params: pageParams }, async ({ cursor }) => {
    const [, place] = placeForm.exec(cursor ?? "at:0") ?? [];
    if (place === undefined) throw foreignCursor(cursor);
    const all = await orProtocolError(listSkills(caller));
    const to = Number(place) + PAGE_ITEMS;
    const skills = all.slice(Number(place), to).map(({ skill }) => skill);
    return { skills, ...(all.length > to ? { nextCursor: `at:${to}` } : {}), ...hints };
  });
  server.setRequestHandler(SKILLS_GET_METHOD, { params: uriParams }, async ({ uri }) => {
    const found = (await orProtocolError(listSkills(caller))).find(({ skill }) => skill.uri === uri);
    if (found !== undefined) return { skill: found.skill, ...hints };
    throw new ProtocolError(INVALID_PARAMS, `There is no skill ${uri}.`, { uri });
  });
  server.setRequestHandler(RESOURCES_DIRECTORY_READ_METHOD, { params: uriParams }, async ({ uri }) => {
    const folder = uri.endsWith("/") ? uri : `${uri}/`;
    const found = findIn(await orProtocolError(listSkills(caller)), folder);
    const resources = found === undefined ? [] : listFolder(found.skill, folder);
    if (resources.length > 0) return { resources, ...hints };
    throw new ProtocolError(INVALID_PARAMS, `${uri} is no folder of a skill.`, { uri });
  });
}

/** The resources with those of skills: the texts of skills before all others, and their files by their addresses. */
export function withSkills(resources: ResourceSource): ResourceSource {
  return {
    ...resources,
    list: async (caller, cursor) => {
      const page = await resources.list(caller, cursor);
      if (page === null || cursor !== undefined) return page;
      const texts = (await listSkills(caller)).map(({ skill }) => describeText(skill));
      return { ...page, resources: [...texts, ...page.resources] };
    },
    read: async (caller, uri) =>
      uri.startsWith(SCHEME) ? readFile(caller, uri) : resources.read(caller, uri),
  };
}

const describeText = ({ uri, frontmatter: { name, description } }: Skill): ResourceDescriptor => ({
  uri,
  name,
  title: `Skill ${name}`,
  description,
  mimeType: "text/markdown",
});

async function listSkills(caller: McpCaller): Promise<WorkerSkill[]> {
  const skills: WorkerSkill[] = [];
  // One after the other: what is new is held in memory whole while it is looked at.
  for (const { worker } of await listWorkerPrompts(caller)) {
    const made = await findSkill(caller, worker);
    if (made !== null) skills.push({ ...made, worker });
  }
  return skills.toSorted((a, b) => (a.skill.uri < b.skill.uri ? -1 : 1));
}

async function findSkill(caller: McpCaller, worker: WorkerVersion): Promise<MadeSkill | null> {
  const key = `${worker.worker.name} ${worker.version.digest}`;
  const kept = known.get(key);
  if (kept !== undefined) return kept;
  // A refusal is this caller's alone, and nothing to be kept.
  const made = await unlessRefused(makeSkill(caller, worker).then((skill) => ({ skill })));
  if (made === null) return null;
  if (known.size >= MOST_KNOWN) known.clear();
  known.set(key, made.skill);
  return made.skill;
}

/** A skill's last step is its own name: below its worker's name, where that is another one. */
async function makeSkill(caller: McpCaller, { worker, version }: WorkerVersion): Promise<MadeSkill | null> {
  const isTooMuch = version.file_count > SKILL_LIMITS.files || version.size_bytes > MOST_BYTES;
  if (version.manifest.exec.entry !== MANIFEST || isTooMuch) return null;
  const files = await readBundle(caller, { worker: worker.name });
  const pairs = await Promise.all(files.map(async (file) => [file.path, await file.read()] as const));
  const contents: Record<string, Uint8Array> = Object.fromEntries(pairs);
  const [, name = ""] = nameForm.exec(new TextDecoder().decode(contents[MANIFEST])) ?? [];
  if (name === "") return null;
  const place = name === worker.name ? name : `${worker.name}/${name}`;
  try {
    return { root: `${SCHEME}${place}/`, skill: await skillEntry(place, contents) };
  } catch {
    // What is no skill by the extension's rules is a worker and a prompt all the same.
    return null;
  }
}

const findIn = (skills: readonly WorkerSkill[], uri: string) =>
  skills.find(({ root }) => uri.startsWith(root));

async function readFile(caller: McpCaller, uri: string): Promise<ResourceContent | null> {
  const found = findIn(await listSkills(caller), uri);
  const isFile =
    Array.isArray(found?.skill.resources) && found.skill.resources.some((one) => one.uri === uri);
  if (found === undefined || !isFile) return null;
  const files = await unlessRefused(readBundle(caller, { worker: found.worker.worker.name }));
  const path = decodeURIComponent(uri.slice(found.root.length));
  const file = files?.find((one) => one.path === path);
  if (file === undefined) return null;
  return buildContent(
    uri,
    boundBytes(await file.read(), null),
    path.endsWith(".md") ? "text/markdown" : undefined,
  );
}

/** What lies directly in a folder: its files, and its own folders once each. */
function listFolder({ resources }: Skill, folder: string) {
  const inside = Array.isArray(resources) ? resources.filter(({ uri }) => uri.startsWith(folder)) : [];
  const children = new Map<string, { uri: string; name: string; mimeType?: string; size?: number }>();
  for (const { uri, size } of inside) {
    const [step = "", ...rest] = uri.slice(folder.length).split("/");
    const name = decodeURIComponent(step);
    const child = `${folder}${step}`;
    if (rest.length > 0) children.set(child, { uri: child, name, mimeType: DIRECTORY_MIME_TYPE });
    else children.set(child, { uri: child, name, size });
  }
  return [...children.values()];
}
