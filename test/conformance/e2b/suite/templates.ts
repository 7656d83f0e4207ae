import { Sandbox, Template, TemplateError, waitForPort } from "e2b";
import assert from "node:assert/strict";
import type { ConformanceCase, Target } from "./case.ts";

const name = (): string => `t-${crypto.randomUUID().slice(0, 8)}`;

/** A Python package that needs no index: pip installs from the folder. */
const makeModule = (module: string, text: string): string =>
  [
    `mkdir -p /tmp/p/${module}`,
    `cd /tmp/p`,
    `printf 'said = "${text}"\\n' > ${module}/__init__.py`,
    `printf 'from setuptools import setup\\nsetup(name="${module}", version="1.0", packages=["${module}"])\\n' > setup.py`,
    "pip install --no-build-isolation --no-index . 2>&1",
  ].join(" && ");

/** A program that needs no registry: npm installs from the archive. */
const makeProgram = (program: string, text: string): string =>
  [
    "mkdir -p /tmp/n && cd /tmp/n",
    `printf '{"name":"${program}","version":"1.0.0","bin":{"${program}":"main.js"}}' > package.json`,
    `printf '#!/usr/bin/env node\\nconsole.log("${text}")\\n' > main.js`,
    `npm pack --silent && npm install -g ./${program}-1.0.0.tgz`,
  ].join(" && ");

async function outputOf(target: Target, template: string, command: string): Promise<string> {
  const sandbox = await Sandbox.create(template, target);
  try {
    return (await sandbox.commands.run(command)).stdout;
  } finally {
    await sandbox.kill();
  }
}

/** Templates: built by the SDK's builder, then sandboxes made of them. */
export const templateCases: ConformanceCase[] = [
  {
    name: "what pip installs for everybody is in every sandbox of the template, and in no other",
    async run({ target }) {
      const alias = name();
      const template = Template()
        .fromTemplate("base")
        .runCmd(makeModule("greeting", alias), { user: "root" });
      const lines: string[] = [];
      const built = await Template.build(template, alias, {
        ...target,
        onBuildLogs: (entry) => lines.push(entry.message),
      });
      assert.equal(built.name, alias);
      assert.ok(
        lines.some((line) => line.includes("Successfully installed greeting")),
        lines.join("\n"),
      );
      const command = "python3 -c 'import greeting; print(greeting.said)'";
      assert.equal(await outputOf(target, alias, command), `${alias}\n`);
      assert.equal(await outputOf(target, built.templateId, command), `${alias}\n`);
      assert.equal(await outputOf(target, "base", `${command} 2>/dev/null || echo none`), "none\n");
      assert.equal(await Template.exists(alias, target), true);
    },
  },
  {
    name: "Debian packages and npm's programs lie where the system has its own",
    async run({ target }) {
      const deb = [
        "mkdir -p /tmp/d/DEBIAN /tmp/d/usr/share/floom /tmp/d/lib/floom",
        "printf 'Package: floom-hello\\nVersion: 1\\nArchitecture: all\\nMaintainer: none <a@b.c>\\nDescription: x\\n' > /tmp/d/DEBIAN/control",
        "echo from debian > /tmp/d/usr/share/floom/hello",
        "echo library > /tmp/d/lib/floom/part",
        "dpkg-deb --build /tmp/d /tmp/hello.deb",
        "apt-get install -y /tmp/hello.deb 2>&1",
      ].join(" && ");
      const template = Template()
        .fromTemplate("base")
        .runCmd(deb, { user: "root" })
        .runCmd(makeProgram("hi", "from npm"), { user: "root" });
      const alias = name();
      await Template.build(template, alias, target);
      const said = await outputOf(target, alias, "cat /usr/share/floom/hello /lib/floom/part; hi");
      assert.equal(said, "from debian\nlibrary\nfrom npm\n");
    },
  },
  {
    name: "variables and the start command are there in every sandbox, and a template can stand on another",
    async run({ target }) {
      const lower = name();
      const port = 8931;
      const served = Template()
        .fromTemplate("base")
        .setEnvs({ GREETING: "hej", NAME: "lower" })
        .setStartCmd(`cd /tmp && exec python3 -m http.server ${port}`, waitForPort(port));
      await Template.build(served, lower, target);
      const upper = name();
      const above = Template()
        .fromTemplate(lower)
        .setEnvs({ NAME: "upper" })
        .runCmd(makeProgram("above", "over"), { user: "root" });
      await Template.build(above, upper, target);
      const fetch = `python3 -c 'import urllib.request as u; o = u.build_opener(u.ProxyHandler({})); print(o.open("http://127.0.0.1:${port}/").status)'`;
      assert.equal(await outputOf(target, lower, `echo $GREETING $NAME; ${fetch}`), "hej lower\n200\n");
      const said = await outputOf(target, upper, `echo $GREETING $NAME; ${fetch}; above`);
      assert.equal(said, "hej upper\n200\nover\n");
    },
  },
  {
    name: "a command that fails ends the build, which says at which step, and leaves no template",
    async run({ target }) {
      const alias = name();
      const template = Template().fromTemplate("base").runCmd("true").runCmd("echo so it goes; exit 3");
      await assert.rejects(Template.build(template, alias, target), /exit code 3/);
      await assert.rejects(Sandbox.create(alias, target), (error: Error) => error.message.includes(alias));
    },
  },
  {
    name: "what a local server cannot build is refused by name",
    async run({ target }) {
      await assert.rejects(
        Template.build(Template().fromImage("debian:12"), name(), target),
        /container images/,
      );
      await assert.rejects(Template.build(Template().fromTemplate("base"), "base", target), /base/);
      await assert.rejects(
        Template.build(Template().fromTemplate("not-there"), name(), target),
        (error: Error) => error.message.includes("not-there"),
      );
      await assert.rejects(
        Sandbox.create("not-there", target),
        (error: Error) => !(error instanceof TemplateError) && /not found/.test(error.message),
      );
    },
  },
];
