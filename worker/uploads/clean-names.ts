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

/** Content-Disposition that makes a browser save, never show, a file. RFC 6266: plain name and UTF-8 name. */
export function attachmentDisposition(filename: string): string {
  const plain = filename.replaceAll(/[^\u0020-\u007e]|["\\%]/g, "_");
  const encoded = encodeURIComponent(filename).replaceAll(
    /['()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `attachment; filename="${plain}"; filename*=UTF-8''${encoded}`;
}
