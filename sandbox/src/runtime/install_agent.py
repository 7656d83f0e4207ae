"""
Puts the agent where sandboxes see it, and beside it the launcher that makes them: their modules, compiled, with the Python that
runs them and of its library what they use. A Python of its own, because the machine's may be covered by a template in a sandbox, and the agent must not run what a
template brings.

python3 -I install_agent.py <agent's sources> <launcher's sources> <target> <target as the sandbox sees it>
"""

from __future__ import annotations

import compileall
import glob
import importlib.util
import os
import py_compile
import shutil
import sys

# Everything else that the agent imports is in the interpreter itself.
MODULES = (
    *("os", "stat", "posixpath", "genericpath", "_collections_abc", "abc", "codecs", "io", "__future__"),
    # What `ctypes` imports, which watching folders needs.
    *("ctypes", "struct", "types"),
)
EXTENSIONS = ("_json", "_ctypes", "_struct", "_socket", "_heapq", "select", "zlib", "binascii", "errno", "_operator", "resource")
CODECS = ("__init__", "aliases", "utf_8", "utf_16", "ascii", "latin_1")
AGENT_PACKAGE = "sandbox_agent"
LAUNCHER_PACKAGE = "sandbox_launcher"
PROGRAM = "sandbox-agent"


def main(agent_sources: str, launcher_sources: str, target: str, target_inside: str) -> None:
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    library = os.path.join(target, sys.platlibdir, version)
    extensions = os.path.join(library, "lib-dynload")
    os.makedirs(extensions)
    _install_program(os.path.join(target, PROGRAM))
    _copy_library(library)
    for name in EXTENSIONS:
        _copy_extension(name, extensions)
    for package, sources in ((AGENT_PACKAGE, agent_sources), (LAUNCHER_PACKAGE, launcher_sources)):
        os.makedirs(os.path.join(library, package))
        for path in glob.glob(os.path.join(sources, "*.py")):
            shutil.copyfile(path, os.path.join(library, package, os.path.basename(path)))
    mode = py_compile.PycInvalidationMode.UNCHECKED_HASH
    compiled = compileall.compile_dir(
        target, quiet=1, invalidation_mode=mode, stripdir=target, prependdir=target_inside, maxlevels=10
    )
    if not compiled:
        sys.exit("the agent does not compile")


def _install_program(target: str) -> None:
    """A hard link where the file system allows one, and where everybody may run it; else a copy."""
    source = os.path.realpath(sys.executable)
    try:
        if os.stat(source).st_mode & 0o5 != 0o5:
            raise OSError
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)
        os.chmod(target, 0o755)


def _copy_library(library: str) -> None:
    source = os.path.dirname(os.__file__)
    for name in MODULES:
        path = os.path.join(source, name)
        if os.path.isdir(path):
            tests = shutil.ignore_patterns("test*", "__pycache__", "macholib")
            shutil.copytree(path, os.path.join(library, name), ignore=tests)
        else:
            shutil.copyfile(f"{path}.py", os.path.join(library, f"{name}.py"))
    os.makedirs(os.path.join(library, "encodings"))
    for name in CODECS:
        shutil.copyfile(os.path.join(source, "encodings", f"{name}.py"), os.path.join(library, "encodings", f"{name}.py"))


def _copy_extension(name: str, extensions: str) -> None:
    """Nothing for a module that is in the interpreter itself, or in no one's."""
    found = importlib.util.find_spec(name)
    if found is not None and found.origin is not None and os.path.isfile(found.origin):
        shutil.copyfile(found.origin, os.path.join(extensions, os.path.basename(found.origin)))


if __name__ == "__main__":
    main(*sys.argv[1:5])
