import fs from "node:fs";
import path from "node:path";
import { rootCertificates } from "node:tls";

/** Where distributions keep the authorities that programs believe, all in one file. */
const systemBundles = [
  "/etc/ssl/certs/ca-certificates.crt",
  "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
  "/etc/ssl/ca-bundle.pem",
  "/etc/ssl/cert.pem",
];

/** Below this folder of the agent's lie the certificates, as sandboxes see them. */
export const trustNames = { dir: "trust", own: "own.pem", all: "all.pem" };

export interface TrustFiles {
  /** What sandboxes believe: the machine's authorities, and the server's own. */
  bundle: string;
  /** The machine's own files of that kind, in whose place sandboxes find it. */
  places: string[];
}

function readSystemBundle(places: readonly string[]): string {
  const [first] = places;
  const text = first === undefined ? "" : fs.readFileSync(first, "utf8");
  return text.includes("BEGIN CERTIFICATE") ? text : rootCertificates.join("\n");
}

/** Real files alone: over what a link leads to nothing is laid. */
function findPlaces(): string[] {
  return systemBundles.filter((file) => {
    const isFile = fs.statSync(file, { throwIfNoEntry: false })?.isFile() === true;
    return isFile && fs.realpathSync(file) === file;
  });
}

/** Puts the certificates there that programs in a sandbox believe; `certificate` is the server's own authority, PEM. */
export function installTrust(
  agentDir: string,
  certificate: string,
  write: (file: string, content: string) => void,
): TrustFiles {
  const dir = path.join(agentDir, trustNames.dir);
  fs.mkdirSync(dir, { recursive: true });
  fs.chmodSync(dir, 0o755);
  const places = findPlaces();
  const bundle = path.join(dir, trustNames.all);
  write(path.join(dir, trustNames.own), certificate);
  write(bundle, `${readSystemBundle(places).trimEnd()}\n${certificate}`);
  return { bundle, places };
}
