/** Whether a file is JavaScript by its name. Pure. */
export function isJavaScript(path: string): boolean {
  return /\.[cm]?js$/.test(path);
}
