import assert from "node:assert/strict";
import { GitUpstreamError, InvalidArgumentError } from "e2b";
import type { Sandbox } from "e2b";
import type { ConformanceCase } from "./case.ts";

const REPO = "/home/user/repo";
const AUTHOR = { authorName: "Ada", authorEmail: "ada@example.test" };

/** The SDK's git helpers, over repositories inside the sandbox. */
export const gitCases: ConformanceCase[] = [
  {
    name: "init, status, add, commit, branches",
    async run({ sandbox }) {
      const { git, files, commands } = await sandbox();
      await git.init(REPO, { initialBranch: "main" });
      await files.write(`${REPO}/one.txt`, "1\n");
      const dirty = await git.status(REPO);
      assert.equal(dirty.currentBranch, "main");
      assert.deepEqual(
        dirty.fileStatus.map((file) => file.name),
        ["one.txt"],
      );
      await git.add(REPO);
      await git.commit(REPO, "First", AUTHOR);
      assert.equal((await git.status(REPO)).isClean, true);
      await git.createBranch(REPO, "side");
      assert.equal((await git.branches(REPO)).currentBranch, "side");
      await git.checkoutBranch(REPO, "main");
      await git.deleteBranch(REPO, "side");
      assert.deepEqual((await git.branches(REPO)).branches, ["main"]);
      assert.equal((await commands.run("git log --format=%an:%s", { cwd: REPO })).stdout, "Ada:First\n");
    },
  },
  {
    name: "restore and reset take changes back",
    async run({ sandbox }) {
      const box = await sandbox();
      await repositoryWithCommit(box);
      await box.files.write(`${REPO}/one.txt`, "changed\n");
      await box.git.restore(REPO, { paths: ["one.txt"] });
      assert.equal(await box.files.read(`${REPO}/one.txt`), "1\n");
      await box.files.write(`${REPO}/one.txt`, "staged\n");
      await box.git.add(REPO, { files: ["one.txt"] });
      assert.equal((await box.git.status(REPO)).hasStaged, true);
      await box.git.reset(REPO, { mode: "hard", target: "HEAD" });
      assert.equal(await box.files.read(`${REPO}/one.txt`), "1\n");
      await assert.rejects(box.git.restore(REPO, { paths: [] }), InvalidArgumentError);
    },
  },
  {
    name: "clone, remotes, push and pull between repositories",
    async run({ sandbox }) {
      const box = await sandbox();
      const { git, files } = box;
      await repositoryWithCommit(box);
      await git.init("/home/user/origin.git", { bare: true, initialBranch: "main" });
      await git.remoteAdd(REPO, "origin", "/home/user/origin.git");
      assert.equal(await git.remoteGet(REPO, "origin"), "/home/user/origin.git");
      assert.equal(await git.remoteGet(REPO, "elsewhere"), undefined);
      await git.push(REPO, { remote: "origin", branch: "main" });
      await git.clone("/home/user/origin.git", { path: "/home/user/copy" });
      assert.equal(await files.read("/home/user/copy/one.txt"), "1\n");
      await files.write(`${REPO}/two.txt`, "2\n");
      await git.add(REPO);
      await git.commit(REPO, "Second", AUTHOR);
      await git.push(REPO);
      await git.pull("/home/user/copy");
      assert.equal(await files.read("/home/user/copy/two.txt"), "2\n");
    },
  },
  {
    name: "pull without an upstream says so",
    async run({ sandbox }) {
      const box = await sandbox();
      await repositoryWithCommit(box);
      await assert.rejects(box.git.pull(REPO), GitUpstreamError);
    },
  },
  {
    name: "configuration: user, global and local values",
    async run({ sandbox }) {
      const box = await sandbox();
      await repositoryWithCommit(box);
      await box.git.configureUser("Grace", "grace@example.test");
      assert.equal(await box.git.getConfig("user.name"), "Grace");
      await box.git.setConfig("user.name", "Local", { scope: "local", path: REPO });
      assert.equal(await box.git.getConfig("user.name", { scope: "local", path: REPO }), "Local");
      assert.equal(await box.git.getConfig("user.nothing"), undefined);
    },
  },
];

async function repositoryWithCommit({ git, files }: Sandbox): Promise<void> {
  await git.init(REPO, { initialBranch: "main" });
  await files.write(`${REPO}/one.txt`, "1\n");
  await git.add(REPO);
  await git.commit(REPO, "First", AUTHOR);
}
