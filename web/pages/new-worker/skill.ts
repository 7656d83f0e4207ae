import type { SourceFile } from "#contract/workers/worker";

/** Where a worker has its instructions for a model. */
export const SKILL_PATH = "SKILL.md";

/** What the lines between the dashes of a SKILL.md say; empty where they say nothing. */
interface SkillFacts {
  name: string;
  description: string;
}

/** A member of the lines between the dashes, on one line, with or without quotes. */
function readMember(head: string, key: string): string {
  const [, value = ""] = new RegExp(`^${key}:[ \\t]*(.+?)[ \\t]*$`, "m").exec(head) ?? [];
  return value.replace(/^(["'])(.*)\1$/, "$2");
}

/** Reads what a skill says of itself. Pure. */
export function readSkill(text: string): SkillFacts {
  const [, head = ""] = /^---\r?\n([\s\S]*?)\r?\n---/.exec(text) ?? [];
  return { name: readMember(head, "name"), description: readMember(head, "description") };
}

/** `Tidy notes` of whatever it is called, as the address of a worker. Pure. */
export function asWorkerName(words: string): string {
  return words
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-+|-+$/g, "")
    .slice(0, 64);
}

/**
 * The files of a worker whose agent follows a skill that came alone: it takes a task in words and answers in words. `name`
 * takes the place of what the skill calls itself. Pure.
 */
export function filesOfSkill(text: string, name?: string): SourceFile[] {
  const skill = readSkill(text);
  const worker = name ?? asWorkerName(skill.name);
  const title = worker.slice(0, 1).toUpperCase() + worker.slice(1).replaceAll("-", " ");
  // A text of JSON is one of YAML, too.
  const manifest = `schema_version: "0.3"
name: ${JSON.stringify(worker)}
title: ${JSON.stringify(title)}
description: ${JSON.stringify(skill.description || "Follows its SKILL.md.")}
version: 0.1.0

exec:
  entry: SKILL.md
  runtime: skill
  inputs:
    - { name: task, type: textarea, label: Task, description: What is to be done., required: true }
  outputs:
    - { name: answer, type: string, label: Answer, required: true }
`;
  return [
    { path: "worker.yml", content: manifest, encoding: "utf-8" },
    { path: SKILL_PATH, content: text, encoding: "utf-8" },
  ];
}
