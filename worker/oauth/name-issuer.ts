/**
 * An address to which a client's answer goes, with the issuer that the documents name. The library writes https into it
 * wherever it is no name of this machine, also where that is not so. Pure.
 */
export function nameIssuer(address: string, publicUrl: string): string {
  const url = URL.parse(address);
  if (url === null || !url.searchParams.has("iss")) return address;
  url.searchParams.set("iss", publicUrl);
  return url.href;
}
