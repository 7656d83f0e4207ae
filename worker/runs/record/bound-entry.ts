import { contextNameSchema } from "#contract/contexts/context-bundle";
import { limits } from "#contract/limits";
import { boundPieces } from "#contract/runs/fold-partial";
import { whyUnsafePath } from "#contract/safe-path";
import { sha256Schema } from "#contract/runner/runner";
import type { JournalEntry } from "#contract/runner/runner";

const TOLD_PATH_CHARACTERS = 200;
const NAME_CHARACTERS = 255;
const MEDIA_TYPE_CHARACTERS = 128;
const ERROR_RAW_CHARACTERS = 4096;
const mediaTypeForm = /^[\w.+-]+\/[\w.+-]+(;[ \w.=+-]*)?$/;

/** The beginning of a text. */
const cut = (text: string, most: number): string => text.slice(0, most);

/**
 * An entry as it may be kept, whoever wrote it: the runner stays within these bounds, and the journal lies in the
 * script's reach. A file that cannot be kept becomes the line of the log that says why. Pure.
 */
export function boundEntry(entry: JournalEntry): JournalEntry {
  switch (entry.type) {
    case "progress": {
      const message = entry.message === null ? null : cut(entry.message, limits.progress_characters.value);
      return { ...entry, message };
    }
    case "partial": {
      const { pieces, isCut } = boundPieces(entry.pieces);
      return { ...entry, pieces, follows: entry.follows && !isCut };
    }
    case "text":
    case "reasoning":
      return { ...entry, text: cut(entry.text, limits.agent_text_characters.value) };
    case "file":
      return boundFile(entry);
    case "context_file":
      return boundContextFile(entry);
    case "result":
      return {
        ...entry,
        error: entry.error === null ? null : cut(entry.error, limits.error_characters.value),
        error_raw: entry.error_raw === null ? null : entry.error_raw.slice(-ERROR_RAW_CHARACTERS),
      };
    default:
      return entry;
  }
}

function boundContextFile(entry: JournalEntry & { type: "context_file" }): JournalEntry {
  const { at, path, context, sha256 } = entry;
  const isNamed = contextNameSchema.safeParse(context).success && sha256Schema.safeParse(sha256).success;
  if (isNamed && whyUnsafePath(path) === null) return entry;
  const shown = JSON.stringify(cut(path, TOLD_PATH_CHARACTERS));
  const text = `The file ${shown} of a context was not kept: no file of one can have that name.`;
  return { type: "log", at, stream: "system", level: "warning", text };
}

function boundFile(entry: JournalEntry & { type: "file" }): JournalEntry {
  const { at, path, name, media_type, sha256 } = entry;
  const unsafe = whyUnsafePath(path);
  const reason = unsafe === null ? null : `its path ${unsafe}`;
  const fault = reason ?? (sha256Schema.safeParse(sha256).success ? null : "what it holds is not named");
  if (fault !== null) {
    const shown = JSON.stringify(cut(path, TOLD_PATH_CHARACTERS));
    const text = `The file ${shown} was not kept: ${fault}.`;
    return { type: "log", at, stream: "system", level: "warning", text };
  }
  const isMediaType = media_type.length <= MEDIA_TYPE_CHARACTERS && mediaTypeForm.test(media_type);
  return {
    ...entry,
    name: cut(name, NAME_CHARACTERS),
    media_type: isMediaType ? media_type : "application/octet-stream",
  };
}
