const SECRET_NAMES = new Set([
  "credentials.json",
  "credentials.yml",
  "credentials.yaml",
  "service-account.json",
  "service_account.json",
  "client_secret.json",
  "secrets.json",
  "secrets.yml",
  "secrets.yaml",
  ".npmrc",
  ".pypirc",
  ".netrc",
  "_netrc",
  ".pgpass",
  ".htpasswd",
  ".git-credentials",
  ".dockercfg",
  "kubeconfig",
]);
const SECRET_ENDINGS = /\.(pem|key|p12|pfx|jks|keystore|ppk|kdbx)$/;
const SSH_KEY = /^id_(rsa|dsa|ecdsa|ed25519)(_sk)?$/;
const SECRET_FOLDERS = /(^|\/)\.(ssh|aws|gnupg|azure|kube)\//;
/** Files that show which variables there are, without their values. */
const EXAMPLE = /\.(example|sample|template|dist)$/;

/**
 * Whether a file looks as if it held a secret. Such a file is refused, not left out: leaving it out would make a worker
 * that runs at home and fails here. Secrets belong to exec.secrets.
 */
export function looksSecret(path: string): boolean {
  const lower = path.toLowerCase();
  const name = lower.split("/").at(-1) ?? "";
  if (EXAMPLE.test(name)) return false;
  if (/^\.env($|\.)/.test(name) || name.endsWith(".env") || name === ".envrc") return true;
  return (
    SECRET_NAMES.has(name) || SECRET_ENDINGS.test(name) || SSH_KEY.test(name) || SECRET_FOLDERS.test(lower)
  );
}
