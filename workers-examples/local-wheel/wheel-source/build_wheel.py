"""Builds ../wheels/floom_greetings-1.0.0-py3-none-any.whl from this folder, the same bytes every time.

A wheel is a zip with three metadata files (https://packaging.python.org/en/latest/specifications/binary-distribution-format/),
so the standard library is enough. Fixed times, fixed order and no compression make the result reproducible.
Run: python3 build_wheel.py [target folder]
"""

import base64
import hashlib
import sys
import zipfile
from pathlib import Path

SOURCE = Path(__file__).resolve().parent
WHEEL_NAME = "floom_greetings-1.0.0-py3-none-any.whl"
DIST_INFO = "floom_greetings-1.0.0.dist-info"
METADATA = "Metadata-Version: 2.1\nName: floom-greetings\nVersion: 1.0.0\nSummary: Greetings in six languages.\nLicense: MIT\n"
WHEEL = "Wheel-Version: 1.0\nGenerator: build_wheel.py\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
EARLIEST_ZIP_TIME = (1980, 1, 1, 0, 0, 0)


def record_line(path: str, content: bytes) -> str:
    digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
    return f"{path},sha256={digest},{len(content)}\n"


def build(target: Path) -> Path:
    files = {
        "floom_greetings/__init__.py": (SOURCE / "floom_greetings/__init__.py").read_bytes(),
        f"{DIST_INFO}/METADATA": METADATA.encode(),
        f"{DIST_INFO}/WHEEL": WHEEL.encode(),
    }
    record = "".join(record_line(path, content) for path, content in files.items()) + f"{DIST_INFO}/RECORD,,\n"
    files[f"{DIST_INFO}/RECORD"] = record.encode()
    wheel = target / WHEEL_NAME
    with zipfile.ZipFile(wheel, "w", zipfile.ZIP_STORED) as archive:
        for path, content in files.items():
            entry = zipfile.ZipInfo(path, EARLIEST_ZIP_TIME)
            entry.create_system = 3
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, content)
    return wheel


if __name__ == "__main__":
    print(build(Path(sys.argv[1]) if len(sys.argv) > 1 else SOURCE.parent / "wheels"))
