const DEFAULT_MEDIA_TYPE = "application/octet-stream";
const MAX_NAME_CHARACTERS = 200;

/** A media type of the form type/subtype in lower case without parameters; anything else is plain bytes. */
export function cleanMediaType(given: string): string {
  const type = given.split(";")[0]?.trim().toLowerCase() ?? "";
  return /^[a-z0-9!#$&^_.+-]{1,64}\/[a-z0-9!#$&^_.+-]{1,64}$/.test(type) ? type : DEFAULT_MEDIA_TYPE;
}

/** The last step of a path that some browser or attacker sent as a file name, without control characters. */
export function cleanFilename(given: string): string {
  const last = given.split(/[/\\]/).at(-1) ?? "";
  const printable = [...last].filter((char) => char >= " " && char !== "\u007f").join("");
  const name = printable.trim().slice(-MAX_NAME_CHARACTERS);
  return name === "" || name === "." || name === ".." ? "file" : name;
}
