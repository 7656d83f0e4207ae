/** The attributes by which the parts of a row are called, and refer to each other. */
const NAMED = [
  "id",
  "for",
  "name",
  "aria-describedby",
  "data-when",
  "data-tab",
  "data-row",
  "value",
] as const;

/**
 * Makes the last row of a list once more behind it, empty, under the next number. False where only the server can: an
 * editor or a list within a row is more than its HTML.
 */
export function addRow(button: HTMLButtonElement): boolean {
  const last = button.previousElementSibling;
  const name = last?.getAttribute("data-row") ?? null;
  if (!(last instanceof HTMLElement) || name === null) return false;
  if (last.querySelector(".prism-code-editor, .drop, [data-row], .slider") !== null) return false;
  const number = Number(name.slice(name.lastIndexOf("/") + 1));
  const before = name.slice(0, name.lastIndexOf("/") + 1);
  const row = last.cloneNode(true);
  if (!(row instanceof HTMLElement)) return false;
  const rename = renamer([
    [`${before}${number}`, `${before}${number + 1}`],
    [idOf(`${before}${number}`), idOf(`${before}${number + 1}`)],
    // The second part of a row of keys and values.
    [`${before}${number}`.replace("~k/", "~v/"), `${before}${number + 1}`.replace("~k/", "~v/")],
    [idOf(`${before}${number}`.replace("~k/", "~v/")), idOf(`${before}${number + 1}`.replace("~k/", "~v/"))],
  ]);
  for (const element of [row, ...row.querySelectorAll<HTMLElement>("*")]) {
    for (const attribute of NAMED) {
      const text = element.getAttribute(attribute);
      if (text !== null && !(attribute === "value" && element.matches("input, option")))
        element.setAttribute(attribute, rename(text));
    }
    if (element.matches("legend, label")) countUp(element, number);
    clear(element);
  }
  last.after(row);
  row.querySelector<HTMLElement>("input:not([type=hidden]), select, textarea")?.focus();
  return true;
}

/** The id of a control, by the name of its entry: the same as the edge writes. */
function idOf(name: string): string {
  return `in${name.replaceAll(/[^A-Za-z0-9]/g, (sign) => `-${sign.codePointAt(0)?.toString(16) ?? ""}-`)}`;
}

/** Names that begin with a row's, or are it, begin with the next row's. */
function renamer(pairs: readonly (readonly [string, string])[]): (text: string) => string {
  return (text) =>
    text
      .split(" ")
      .map((word) => {
        const pair = pairs.find(
          ([from]) => word === from || (word.startsWith(from) && !/^\d/.test(word.slice(from.length))),
        );
        return pair === undefined ? word : pair[1] + word.slice(pair[0].length);
      })
      .join(" ");
}

/** "Guest 2" is followed by "Guest 3". */
function countUp(element: Element, number: number): void {
  const text = element.firstChild;
  if (text?.nodeType !== Node.TEXT_NODE || text.nodeValue === null) return;
  text.nodeValue = text.nodeValue.replace(new RegExp(`(\\s)${number + 1}(\\s*)$`), `$1${number + 2}$2`);
}

function clear(element: HTMLElement): void {
  if (element instanceof HTMLTextAreaElement) element.value = "";
  if (element instanceof HTMLInputElement && !["hidden", "checkbox", "radio"].includes(element.type))
    element.value = "";
  if (element.matches("p.bad")) element.remove();
  element.removeAttribute("aria-invalid");
}
