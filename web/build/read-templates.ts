import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { TemplateKind, WorkerTemplate } from "../pages/new-worker/template.ts";
import type { SourceFile } from "#contract/workers/worker";

/** What shows failures, and folders of examples. */
const NO_TEMPLATES = new Set(["broken", "apps", "packs"]);
/** What proves an example, and what it was made of: of no use to who starts from it. */
const LEFT_OUT = new Set(["example.json", "calls.json", "node_modules", "__pycache__"]);

/** The examples of the product as templates for workers: all that stand below `root`, by kind and name. */
export function readTemplates(root: string): WorkerTemplate[] {
  const of = (folder: string, kind: TemplateKind) =>
    listFolders(folder).map((name) => readTemplate(join(folder, name), name, kind));
  return [
    ...of(join(root, "apps"), "functions"),
    ...of(root, "folder"),
    ...of(join(root, "packs"), "service"),
  ];
}

function listFolders(parent: string): string[] {
  return readdirSync(parent, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !NO_TEMPLATES.has(entry.name))
    .map(({ name }) => name)
    .toSorted();
}

function readTemplate(folder: string, name: string, kind: TemplateKind): WorkerTemplate {
  const files = readFiles(folder, "");
  const textOf = (path: string) => files.find((file) => file.path === path)?.content ?? "";
  const manifest = textOf("worker.yml");
  const [heading = "", , ...text] = textOf("README.md").split("\n");
  const words = text.join(" ").split("```")[0] ?? "";
  return {
    name,
    kind,
    title: readLine(manifest, "title") ?? asTitle(heading.replace(/^# /, "")),
    description: readLine(manifest, "description") ?? `${words.trim().split(". ")[0] ?? ""}.`,
    files,
  };
}

/** A text of worker.yml that stands on one line, as those of the examples do. */
function readLine(manifest: string, key: string): string | undefined {
  return new RegExp(`^${key}: (.+)$`, "m").exec(manifest)?.[1];
}

/** What is written in capitals wherever it stands. */
const SHORT_NAMES = /\b(?:csv|json|pdf)\b/gi;

/** `csv-cleaner` as a title: CSV cleaner. */
function asTitle(name: string): string {
  const words = name.replaceAll("-", " ");
  const title = `${words.slice(0, 1).toUpperCase()}${words.slice(1)}`;
  return title.replaceAll(SHORT_NAMES, (short) => short.toUpperCase());
}

function readFiles(folder: string, below: string): SourceFile[] {
  return readdirSync(join(folder, below), { withFileTypes: true })
    .filter(({ name }) => !LEFT_OUT.has(name))
    .flatMap((entry): SourceFile[] => {
      const path = below === "" ? entry.name : `${below}/${entry.name}`;
      if (entry.isDirectory()) return readFiles(folder, path);
      const bytes = readFileSync(join(folder, path));
      try {
        const content = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
        return [{ path, content, encoding: "utf-8" }];
      } catch {
        return [{ path, content: bytes.toString("base64"), encoding: "base64" }];
      }
    });
}
