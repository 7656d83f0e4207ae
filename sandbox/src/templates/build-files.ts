import fs from "node:fs";

/** Folder of the sandbox, on its largest mount, in which a build has what it needs and leaves what it made. */
export const BUILD_DIR = "/home/user/.template";
/** What a command installs lands below it, as it is to lie below `/`. */
export const TREE_DIR = `${BUILD_DIR}/tree`;

/** Tells pip and npm to install below the tree when they are asked to install for everybody. */
export const installEnvs: Readonly<Record<string, string>> = {
  PATH: `${BUILD_DIR}/bin:/opt/agent/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin`,
  PIP_ROOT: TREE_DIR,
  PIP_BREAK_SYSTEM_PACKAGES: "1",
  PIP_ROOT_USER_ACTION: "ignore",
  PIP_DISABLE_PIP_VERSION_CHECK: "1",
  NPM_CONFIG_PREFIX: `${TREE_DIR}/usr/local`,
};

const aptConfig = `
Dir::State "${BUILD_DIR}/apt/state";
Dir::State::status "${BUILD_DIR}/apt/status";
Dir::Cache "${BUILD_DIR}/apt/cache";
Dir::Etc "${BUILD_DIR}/apt/etc";
APT::Sandbox::User "user";
APT::Get::Assume-Yes "1";
APT::Update::Post-Invoke-Success "";
Debug::NoLocking "1";
`;

/**
 * `apt-get` for builds. Nothing inside a sandbox may become root or change `/usr`: packages are fetched and judged by the
 * system's apt, then taken apart into the tree. What their own scripts would have done after that is not done.
 */
const aptGet = `#!/bin/bash
set -euo pipefail
if [ ! -x /usr/bin/apt-get ]; then
  echo "This machine has no apt-get: templates with apt packages need Debian or Ubuntu." >&2
  exit 100
fi
export APT_CONFIG=${BUILD_DIR}/apt/apt.conf
verb=""
for word in "$@"; do case "$word" in -*) ;; *) verb=$word; break ;; esac; done
if [ "$verb" != install ]; then exec /usr/bin/apt-get "$@"; fi
/usr/bin/apt-get --download-only "$@"
given=()
for word in "$@"; do case "$word" in *.deb) given+=("$word") ;; esac; done
shopt -s nullglob
for package in ${BUILD_DIR}/apt/cache/archives/*.deb "\${given[@]}"; do
  echo "Unpacking $(basename "$package")"
  dpkg-deb --fsys-tarfile "$package" |
    tar -x --keep-directory-symlink --no-same-owner --exclude=./etc --exclude=./var --exclude=./run -C ${TREE_DIR} -f -
done
rm -f ${BUILD_DIR}/apt/cache/archives/*.deb
modules=${TREE_DIR}/usr/lib/python3/dist-packages
[ ! -d "$modules" ] || python3 -m compileall -q -s ${TREE_DIR} "$modules" || true
`;

/** Makes the tree, whose folders in \`/\` are links into \`/usr\` where the host has them so. */
export const prepareScript = `
set -e
cd ${BUILD_DIR}
chmod 755 bin/apt-get
ln -sf apt-get bin/apt
mkdir -p tree/usr/local apt/state/lists/partial apt/cache/archives/partial apt/etc/apt.conf.d apt/etc/preferences.d
for name in bin sbin lib lib32 lib64 libx32; do
  [ ! -L /$name ] || { ln -s "$(readlink /$name)" tree/$name; mkdir -p "tree/$(readlink /$name)"; }
done
`;

/** Packs what was installed; a tree without a file makes an empty archive. */
export const packScript = `
set -e
cd ${TREE_DIR}
find usr -depth -type d -empty -delete
mkdir -p usr
chmod -R u+rwX,go+rX,go-w usr
tar -c --remove-files --sort=name --owner=0 --group=0 --numeric-owner -f ${BUILD_DIR}/tree.tar usr
`;

/** Where {@link packScript} leaves the archive. */
export const ARCHIVE_FILE = `${BUILD_DIR}/tree.tar`;

interface GuestFile {
  path: string;
  content: string;
}

function readIfPresent(file: string): string | null {
  try {
    return fs.readFileSync(file, "utf8");
  } catch {
    return null;
  }
}

/** The host's lists of where packages come from and which it has. Keys and passwords for them stay where they are. */
function aptFacts(): GuestFile[] {
  const listDir = "/etc/apt/sources.list.d";
  const lists = fs.existsSync(listDir) ? fs.readdirSync(listDir).map((name) => `${listDir}/${name}`) : [];
  const keyDir = "/etc/apt/trusted.gpg.d";
  const keys = fs.existsSync(keyDir) ? fs.readdirSync(keyDir).filter((name) => name.endsWith(".asc")) : [];
  const sources = [...lists, "/etc/apt/sources.list", ...keys.map((name) => `${keyDir}/${name}`)];
  const copies = sources.map((file) => ({
    from: file,
    path: file.replace("/etc/apt", `${BUILD_DIR}/apt/etc`),
  }));
  return [...copies, { from: "/var/lib/dpkg/status", path: `${BUILD_DIR}/apt/status` }].flatMap(
    ({ from, path }) => {
      const content = readIfPresent(from);
      return content === null ? [] : [{ path, content }];
    },
  );
}

/** What is put into a sandbox before a command of a build runs in it. */
export function buildFiles(): GuestFile[] {
  return [
    { path: `${BUILD_DIR}/apt/apt.conf`, content: aptConfig },
    { path: `${BUILD_DIR}/bin/apt-get`, content: aptGet },
    ...aptFacts(),
  ];
}
