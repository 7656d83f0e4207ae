/**
 * Content-Disposition that makes a browser save, never show, a file, whatever characters its name has: a plain name and
 * a UTF-8 name (RFC 6266, RFC 8187). Half a surrogate pair, which has no UTF-8 form, becomes U+FFFD.
 */
export function attachmentDisposition(filename: string): string {
  const name = filename.toWellFormed();
  const plain = name.replaceAll(/[^\u0020-\u007e]|["\\%]/g, "_");
  const encoded = encodeURIComponent(name).replaceAll(
    /['()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `attachment; filename="${plain}"; filename*=UTF-8''${encoded}`;
}
