import type { BundleFile, BundleProblem } from "./bundle-file.ts";

const SHELL = /\.(?:sh|bash)$/;
/** No script is larger, and what is larger is not read for this. */
const MOST_BYTES = 1024 * 1024;
const CARRIAGE_RETURN = 13;

/**
 * What keeps shell scripts from running, though they look right in every editor: Windows line ends, which bash reads as
 * part of each command, a byte order mark, which hides the line `#!`, and UTF-16, which no shell reads.
 */
export async function checkScripts(files: readonly BundleFile[]): Promise<BundleProblem[]> {
  const problems: BundleProblem[] = [];
  for (const file of files) {
    if (!mayBeShell(file) || file.path.includes("node_modules/") || file.size > MOST_BYTES) continue;
    const bytes = await file.read();
    if (SHELL.test(file.path) && isUtf16(bytes)) {
      problems.push(notUtf8(file.path));
      continue;
    }
    const start = hasMark(bytes) ? 3 : 0;
    const startsProgram = bytes[start] === 0x23 && bytes[start + 1] === 0x21;
    if (!SHELL.test(file.path) && !startsProgram) continue;
    const end = bytes.indexOf(10);
    if (end > 0 && bytes[end - 1] === CARRIAGE_RETURN) problems.push(windowsLineEnds(file.path));
    if (start > 0) problems.push(byteOrderMark(file.path));
  }
  return problems;
}

/** By its name, or because it is to be executed. */
function mayBeShell({ path, executable }: BundleFile): boolean {
  return SHELL.test(path) || (executable && !/\.\w+$/.test(path));
}

function hasMark(bytes: Uint8Array): boolean {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
}

/** As PowerShell 5 writes it with `>`. */
function isUtf16([first, second]: Uint8Array): boolean {
  return (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
}

function notUtf8(file: string): BundleProblem {
  return {
    file,
    code: "not_text",
    message: "The script is UTF-16, which no shell reads.",
    fix: "Save it as UTF-8 without BOM. In Windows PowerShell, write it with Set-Content -Encoding utf8 instead of >.",
  };
}

function windowsLineEnds(file: string): BundleProblem {
  return {
    file,
    code: "windows_line_ends",
    message: "The script has Windows line ends (CRLF), with which it cannot run.",
    fix: "Save it with Unix line ends (LF), e.g. with dos2unix; in git, write `*.sh text eol=lf` in .gitattributes.",
  };
}

function byteOrderMark(file: string): BundleProblem {
  return {
    file,
    code: "byte_order_mark",
    message: "The script begins with a byte order mark, which hides its first line from the system.",
    fix: "Save it as UTF-8 without BOM.",
  };
}
