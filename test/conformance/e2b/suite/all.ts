import type { ConformanceCase } from "./case.ts";
import { commandCases } from "./commands.ts";
import { fileCases } from "./files.ts";
import { gitCases } from "./git.ts";
import { networkCases } from "./network.ts";
import { refusalCases } from "./refusals.ts";
import { sandboxCases } from "./sandboxes.ts";
import { signedUrlCases } from "./signed-urls.ts";
import { templateCases } from "./templates.ts";
import { watchCases } from "./watch.ts";

/** Every behaviour the sandbox server promises to the official SDK, by part. */
export const suites = {
  sandboxes: sandboxCases,
  commands: commandCases,
  files: fileCases,
  watch: watchCases,
  signedUrls: signedUrlCases,
  git: gitCases,
  network: networkCases,
  templates: templateCases,
  refusals: refusalCases,
} satisfies Record<string, ConformanceCase[]>;

export type SuiteName = keyof typeof suites;
