import { formatLimit, limits } from "./limits.ts";
import { hasActingCharacter } from "./unsafe-text.ts";

const WINDOWS_DEVICE = /^(con|prn|aux|nul|conin\$|conout\$|com[\d¹²³]|lpt[\d¹²³])(\.|$)/i;
/** Version control's own folders, and the short names under which Windows knows them too. */
const VERSION_CONTROL = /^(?:\.(?:git|hg|svn)|(?:git|hg|svn)~\d+)$/;
/** Characters that some file systems leave out when they compare names. */
const IGNORED_IN_NAMES = /\p{Cf}/gu;

/**
 * Why `path` cannot be a file inside a folder on every system, as the rest of a sentence ("is absolute"); null when it
 * can. The one rule for whatever somebody else names: files of a bundle, files that a run leaves, files to save.
 */
export function whyUnsafePath(path: string): string | null {
  if (path === "") return "is empty";
  if (hasActingCharacter(path)) return "has a control or direction character in its name";
  if (path.includes("\\")) return "has a backslash; write / between folders";
  if (path.startsWith("/")) return "is absolute";
  if (/^[A-Za-z]:/.test(path)) return "begins with a drive letter";
  if (path.length > limits.bundle_path_characters.value)
    return `is longer than ${formatLimit("bundle_path_characters")}`;

  const steps = path.split("/");
  if (steps.includes("..")) return "leads out of the folder (..)";
  if (steps.includes(".") || steps.includes("")) return "has an empty step (// or /./)";
  return steps.map(whyUnsafeStep).find((reason) => reason !== null) ?? null;
}

/** Bytes that a name in a folder may have, on every system in use. */
const MOST_NAME_BYTES = 255;

/** Bytes of a text in UTF-8. */
function countBytes(text: string): number {
  return [...text].reduce((sum, character) => {
    const code = character.codePointAt(0) ?? 0;
    return sum + (code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4);
  }, 0);
}

function whyUnsafeStep(step: string): string | null {
  if (countBytes(step) > MOST_NAME_BYTES)
    return `has a name of more than ${MOST_NAME_BYTES} bytes, which no file can have`;
  if (step.includes(":")) return "has a colon, which names another stream of the file on Windows";
  if (/[. ]$/.test(step)) return "has a name that ends in a dot or a blank, which Windows drops";
  if (WINDOWS_DEVICE.test(step)) return "has a name that is a device on Windows";
  if (VERSION_CONTROL.test(foldPath(step.replaceAll(IGNORED_IN_NAMES, ""))))
    return "lies in a folder of version control";

  return null;
}

/**
 * The form in which two paths must differ: file systems that ignore case or normalise Unicode would write one file over
 * the other.
 */
export function foldPath(path: string): string {
  return path.normalize("NFC").toLowerCase();
}
