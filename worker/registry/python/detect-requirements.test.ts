import { execFileSync } from "node:child_process";
import { expect, it } from "vitest";
import { verifies } from "../../../test/verifies.ts";
import { detectRequirements } from "./detect-requirements.ts";
import { isStandard } from "./standard-library.ts";

const detect = (files: Record<string, string>, entry = "app.py") =>
  detectRequirements({ files: new Map(Object.entries(files)), entry });
const missing = (files: Record<string, string>) =>
  detect(files).missing.map(({ module, distribution }) => `${module}: ${distribution ?? "?"}`);

it("what is imported and not named is named, under its distribution's name and at its place", () => {
  verifies("typing:requirements:missing-and-unused");
  const source =
    "import json\nimport requests\n\ndef f():\n    from PIL import Image, ImageDraw\n    import yaml as y\n";
  const { missing: found, lines } = detect({ "app.py": source });
  expect(lines).toEqual(["requests", "pillow", "pyyaml"]);
  expect(found[1]).toEqual({
    module: "PIL",
    distribution: "pillow",
    file: "app.py",
    line: 5,
    column: 5,
    message: "PIL is imported, and requirements.txt does not name pillow.",
    fix: "Write pillow into requirements.txt.",
  });
});

it.each([
  [
    "import cv2, sklearn.cluster, bs4",
    ["cv2: opencv-python-headless", "sklearn: scikit-learn", "bs4: beautifulsoup4"],
  ],
  ["from google.cloud import storage", ["google: google-cloud-storage"]],
  ["import google.genai as g", ["google: google-genai"]],
  ["from pydantic import BaseModel, EmailStr", ["pydantic: pydantic", "pydantic: email-validator"]],
  ["import floom, workeros, os.path, _thread", []],
  ["from . import other\nfrom .pkg import x", []],
  ["import (", []],
  ["from dateutil import (\n  parser, # why\n  tz,\n)", ["dateutil: python-dateutil"]],
])("%s", (source, expected) => {
  verifies("typing:requirements:missing-and-unused");
  expect(missing({ "app.py": source, "other.py": "" })).toEqual(expected);
});

it("a name that nobody knows is asked about and never installed on its word", () => {
  verifies("typing:requirements:unknown-is-asked");
  const { missing: found, lines } = detect({ "app.py": "import my_helpers" });
  expect(lines).toEqual([]);
  expect(found).toMatchObject([
    {
      module: "my_helpers",
      distribution: null,
      fix: "Bring my_helpers.py along, or write into requirements.txt what is to be installed for it.",
    },
  ]);
});

it("files of the folder are what they are, and only what the entry reaches counts", () => {
  const files = {
    "app.py": "import helpers\nfrom tools.deep import thing\nimport lib",
    "helpers.py": "import httpx",
    "tools/__init__.py": "",
    "tools/deep.py": "import numpy\nfrom ..helpers import x",
    "src/lib/__init__.py": "",
    "tests/test_app.py": "import pytest",
  };
  expect(missing(files)).toEqual(["httpx: httpx", "numpy: numpy"]);
  expect(detect(files, "start.sh").lines).toContain("pytest");
});

it("what a file can do without, or imports for its checker alone, is not asked for", () => {
  const source = `
from typing import TYPE_CHECKING
if TYPE_CHECKING:
    import pandas
try:
    import ujson as json
except ImportError:
    import json
try:
    import requests
except ImportError:
    raise SystemExit("pip install requests")
try:
    import numpy
finally:
    pass
`;
  expect(missing({ "app.py": source })).toEqual(["requests: requests", "numpy: numpy"]);
});

it("requirements.txt is read as pip reads it", () => {
  const requirements = [
    "\uFEFF# what we need",
    "Requests[socks] >=2, <3 ; python_version > '3.8'  # why",
    "PyYAML==6.0",
    "-r more.txt",
    "./wheels/beautifulsoup4-4.12-py3-none-any.whl",
    "git+https://github.com/someone/python-docx.git@main",
    "numpy @ https://example.com/n.whl",
    "--index-url https://example.com",
    "opencv_python",
  ].join("\r\n");
  const files = {
    "app.py": "import requests, yaml, httpx, bs4, docx, numpy, cv2",
    "requirements.txt": requirements,
    "more.txt": "httpx",
  };
  expect(detect(files)).toEqual({ missing: [], unused: [], lines: [] });
});

it("what is named and never imported is told with its line, what others look for by themselves is not", () => {
  verifies("typing:requirements:missing-and-unused");
  const files = {
    "app.py": "import pandas",
    "requirements.txt": "pandas\nopenpyxl\nflask\npandas-stubs\n",
  };
  expect(detect(files).unused).toEqual([{ distribution: "flask", line: 3 }]);
});

it("the list of the standard library is that of the Python here", () => {
  const names = execFileSync("/usr/bin/python3", [
    "-c",
    "import sys, json; print(json.dumps([sys.version_info[1], sorted(sys.stdlib_module_names)]))",
  ]).toString();
  const [minor, modules]: [number, string[]] = JSON.parse(names);
  expect(modules.filter((name) => !isStandard(name, minor))).toEqual([]);
  expect(isStandard("cgi", 12)).toBe(true);
  expect(isStandard("cgi", 13)).toBe(false);
  expect(isStandard("requests", 12)).toBe(false);
});
