import type { ManifestFinding } from "#contract/manifest/manifest";
import { fileOf } from "../bundle/bundle-file.ts";
import type { BundleFile } from "../bundle/bundle-file.ts";
import { detectRequirements } from "../python/detect-requirements.ts";

const REQUIREMENTS = "requirements.txt";

/** What a folder of functions has to have installed, held against what it says. */
export interface JudgedRequirements {
  /** requirements.txt of a folder that has none and needs it; null otherwise. */
  made: BundleFile | null;
  warnings: ManifestFinding[];
}

/**
 * Writes requirements.txt for a folder that imports well-known libraries and names none, and tells of what is missing in
 * or too much of one that is there. Reads the sources alone. Pure but for reading the file.
 */
export async function judgeRequirements(
  files: readonly BundleFile[],
  { sources, entry }: { sources: ReadonlyMap<string, string>; entry: string },
): Promise<JudgedRequirements> {
  const written = files.find(({ path }) => path === REQUIREMENTS);
  const text = written === undefined ? null : new TextDecoder().decode(await written.read());
  const all = text === null ? sources : new Map([...sources, [REQUIREMENTS, text]]);
  const { missing, unused, lines } = detectRequirements({ files: all, entry });
  const isMade = written === undefined && lines.length > 0;
  const left = missing.filter(({ distribution }) => !isMade || distribution === null);
  return {
    made: isMade ? fileOf(REQUIREMENTS, new TextEncoder().encode(`${lines.join("\n")}\n`)) : null,
    warnings: [
      ...left.map(({ file, line, column, message, fix }): ManifestFinding => {
        return {
          severity: "warning",
          code: "requirement_missing",
          pointer: "",
          file,
          line,
          column,
          message,
          fix,
        };
      }),
      ...unused.map(({ distribution, line }): ManifestFinding => ({
        severity: "warning",
        code: "requirement_unused",
        pointer: "",
        file: REQUIREMENTS,
        line,
        column: 1,
        message: `${distribution} is installed for every run, and no file imports it.`,
        fix: "Take the line out, unless something else needs it.",
      })),
    ],
  };
}
