import { output, outputIn } from "../behaviour.ts";
import type { Behaviour } from "../behaviour.ts";

const PACKAGE = `rm -rf /tmp/parity-package && mkdir -p /tmp/parity-package && cd /tmp/parity-package
cat > make.py <<'END'
import base64, hashlib, zipfile
info = "parity_package-1.0.dist-info"
files = {
    "parity_package.py": "def main(): print('installed and run')\\n",
    info + "/METADATA": "Metadata-Version: 2.1\\nName: parity-package\\nVersion: 1.0\\n",
    info + "/WHEEL": "Wheel-Version: 1.0\\nGenerator: parity\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n",
    info + "/entry_points.txt": "[console_scripts]\\nparity-package = parity_package:main\\n",
}
digest = lambda text: base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()
record = "".join(f"{name},sha256={digest(text)},{len(text)}\\n" for name, text in files.items()) + info + "/RECORD,,\\n"
with zipfile.ZipFile("parity_package-1.0-py3-none-any.whl", "w") as wheel:
    for name, text in [*files.items(), (info + "/RECORD", record)]: wheel.writestr(name, text)
END
python3 make.py`;
const WHEEL = "parity_package-1.0-py3-none-any.whl";
const INSTALL = "install -q --no-index --no-deps --force-reinstall --disable-pip-version-check";

/** The machine a script finds itself on: who and where it is, its clock, its limits, its package managers. */
export const machineBehaviours: Behaviour[] = [
  {
    name: "the sandbox's identity stands in variables",
    expected: { sandbox: "true", id: true, template: true },
    measure: async ({ box }) => {
      const sandbox = await box();
      const { stdout } = await sandbox.commands.run(
        "echo $E2B_SANDBOX; echo $E2B_SANDBOX_ID; echo $E2B_TEMPLATE_ID",
      );
      const [marker = "", id = "", template = ""] = stdout.split("\n");
      return { sandbox: marker, id: id.startsWith(sandbox.sandboxId), template: template !== "" };
    },
  },
  {
    name: "the sandbox's identity stands in files",
    expected: "true same same",
    measure: (place) =>
      output(
        place,
        `cd /run/e2b && echo $(cat .E2B_SANDBOX) $([ "$(cat .E2B_SANDBOX_ID)" = "$E2B_SANDBOX_ID" ] && echo same) $([ "$(cat .E2B_TEMPLATE_ID)" = "$E2B_TEMPLATE_ID" ] && echo same)`,
      ),
  },
  {
    name: "the files that tell about the system are there",
    expected: "/code /etc/hostname /etc/os-release /.e2b",
    measure: (place) =>
      output(
        place,
        "ls -d /code /etc/hostname /etc/os-release /.e2b 2> /dev/null | sort -t/ -k2.1,2.1 -k3 | xargs echo | sed 's|^/.e2b \\(.*\\)$|\\1 /.e2b|'",
      ),
  },
  {
    name: "the folders of an ordinary Debian are there",
    expected: "/media /mnt /opt /srv /var/lock /var/run",
    measure: (place) => output(place, "ls -d /srv /mnt /media /opt /var/run /var/lock | xargs echo"),
  },
  {
    name: "the time zone is told by the files that programs look into",
    expected: "/usr/share/zoneinfo/Etc/UTC Etc/UTC",
    measure: (place) => output(place, "echo $(readlink -f /etc/localtime) $(cat /etc/timezone)"),
  },
  {
    name: "a script sources the shell's own files of its user, as installers tell it to",
    expected: "0",
    measure: (place) => output(place, "set -e; source ~/.bashrc; source ~/.profile; echo 0"),
  },
  {
    name: "local time is UTC, for the shell, Python and Node",
    expected: ["+0000", "UTC 0", "UTC 0"],
    measure: async (place) => [
      await output(place, "date +%z"),
      await output(place, 'python3 -c "import time; print(time.tzname[0], time.timezone)"'),
      await output(
        place,
        'node -e "console.log(Intl.DateTimeFormat().resolvedOptions().timeZone, new Date(0).getTimezoneOffset())"',
      ),
    ],
  },
  {
    name: "Node starts eight worker threads",
    expected: "8",
    measure: (place) =>
      output(
        place,
        `node -e "const { Worker } = require('worker_threads'); let n = 0; for (let i = 0; i < 8; i++) new Worker('setTimeout(() => {}, 300)', { eval: true }).on('exit', (c) => { if (c === 0 && ++n === 8) console.log(n); })"`,
      ),
  },
  {
    name: "Python starts 200 threads",
    expected: "200",
    measure: (place) =>
      output(
        place,
        `python3 -c "
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
together = Barrier(200)
with ThreadPoolExecutor(200) as pool: print(sum(pool.map(lambda n: together.wait() >= 0, range(200))))"`,
      ),
  },
  {
    name: "a program that reserves far more memory than it uses starts",
    expected: "started",
    measure: (place) =>
      output(
        place,
        `python3 -c "import mmap; m = mmap.mmap(-1, 1 << 30, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS); m[0] = 1; print('started')"`,
      ),
  },
  {
    name: "processes have no limit of their own",
    expected: "unlimited",
    byDesign: { row: "limits", local: "limited" },
    measure: (place) =>
      output(
        place,
        "[ $(ulimit -u) = unlimited ] || [ $(ulimit -u) -gt 1000 ] && echo unlimited || echo limited",
      ),
  },
  {
    name: "pip installs a package, which is found and whose program runs",
    expected: "installed and run\ninstalled and run",
    measure: (place) =>
      output(
        place,
        `(${PACKAGE}) && cd && python3 -m pip ${INSTALL} /tmp/parity-package/${WHEEL} 2> /dev/null && python3 -c "import parity_package; parity_package.main()" && parity-package`,
      ),
  },
  {
    name: "sudo pip installs for everybody",
    expected: "installed and run",
    measure: (place) =>
      output(
        place,
        `(${PACKAGE}) && cd && sudo pip ${INSTALL} /tmp/parity-package/${WHEEL} 2> /dev/null && python3 -c "import parity_package; parity_package.main()"`,
      ),
  },
  {
    name: "npm installs a program for everybody, which runs",
    expected: "installed and run",
    measure: (place) =>
      output(
        place,
        `mkdir -p /tmp/parity-npm && cd /tmp/parity-npm && echo '{"name":"parity-npm","version":"1.0.0","bin":"run.sh"}' > package.json && printf '#!/bin/sh\\necho installed and run\\n' > run.sh && chmod +x run.sh && npm install -g --offline --no-audit --no-fund --silent . && cd && parity-npm`,
      ),
  },
  {
    name: "Python's processes share memory, a pool of them and a named block",
    expected: "4950 block",
    measure: (place) =>
      output(
        place,
        `python3 -c "
from multiprocessing import Pool
from multiprocessing.shared_memory import SharedMemory
with Pool(4) as pool: total = sum(pool.map(abs, range(100)))
block = SharedMemory(create=True, size=5); block.buf[:5] = b'block'
print(total, bytes(block.buf[:5]).decode()); block.close(); block.unlink()"`,
      ),
  },
  {
    name: "a file in memory without a name can be had",
    expected: "made",
    byDesign: { row: "memory-files", local: "refused" },
    measure: (place) =>
      output(
        place,
        `python3 -c "import os; os.memfd_create('parity')" 2> /dev/null && echo made || echo refused`,
      ),
  },
  {
    name: "sudo puts a program into /usr/local/bin",
    expected: "put",
    byDesign: { row: "packages", local: "read-only" },
    measure: (place) =>
      output(
        place,
        "sudo cp /bin/true /usr/local/bin/parity-program 2> /dev/null && echo put || echo read-only; sudo rm -f /usr/local/bin/parity-program",
      ),
  },
  {
    name: "/sys tells of the machine",
    expected: "there",
    byDesign: { row: "machine", local: "absent" },
    measure: async ({ box }) => outputIn(await box(), "[ -d /sys/devices ] && echo there || echo absent"),
  },
];
