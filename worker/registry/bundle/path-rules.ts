import { formatLimit, limits } from "#contract/limits";

const WINDOWS_DEVICE = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i;
const CONTROL = /[\u0000-\u001f\u007f]/;

/** Why `path` cannot be a file inside a folder, as the rest of a sentence ("is absolute"); null when it can. */
export function safeRelativePath(path: string): string | null {
  if (path === "") return "is empty";
  if (CONTROL.test(path)) return "has a control character in its name";
  if (path.includes("\\")) return "has a backslash; write / between folders";
  if (path.startsWith("/")) return "is absolute";
  if (/^[A-Za-z]:/.test(path)) return "begins with a drive letter";
  if (path.length > limits.bundle_path_characters.value)
    return `is longer than ${formatLimit("bundle_path_characters")}`;
  const steps = path.split("/");
  if (steps.includes("..")) return "leads out of the folder (..)";
  if (steps.includes(".") || steps.includes("")) return "has an empty step (// or /./)";
  if (steps.some((step) => WINDOWS_DEVICE.test(step))) return "has a name that is a device on Windows";
  return null;
}

/**
 * The form in which two paths must differ: file systems that ignore case or normalise Unicode would write one file over
 * the other.
 */
export function foldPath(path: string): string {
  return path.normalize("NFC").toLowerCase();
}
