/**
 * The origin that a deployed edge is told to be its own: what the environment says, else what wrangler.toml says. Null
 * where neither does, for without it the edge starts no run. Throws what is wrong with one that is no https origin.
 */
export function findPublicUrl(said: {
  environment: string | undefined;
  wranglerToml: string;
}): string | null {
  const text = said.environment || readVar(said.wranglerToml, "FLOOM_PUBLIC_URL");
  return text === "" ? null : parsePublicUrl(text);
}

/** An https origin as the edge takes it. Throws what is wrong with any other text. */
export function parsePublicUrl(text: string): string {
  const url = URL.parse(text.trim());
  if (url?.protocol === "https:" && url.href === `${url.origin}/`) return url.origin;
  throw new Error(
    `FLOOM_PUBLIC_URL is ${text}; it must be an https origin such as https://floom.example.com.`,
  );
}

/** A text variable of wrangler.toml's `[vars]`; empty where it is not there. */
function readVar(wranglerToml: string, name: string): string {
  const vars = /^\[vars\]\n([^]*?)(?=^\[|(?![^]))/m.exec(wranglerToml)?.[1] ?? "";
  return new RegExp(`^${name} *= *"([^"]*)"`, "m").exec(vars)?.[1] ?? "";
}
