import { describe, expect, it } from "vitest";
import { buildMountTable, parseMountPoints, placeOf, planOwnFiles } from "./own-files.ts";
import type { OwnFiles } from "./own-files.ts";

const own: OwnFiles = {
  dir: "/run/view",
  emptyDir: "/run/empty",
  table: "/run/view.fstab",
  covered: ["/usr", "/etc", "/usr/lib/wsl"],
  above: [],
  uncovered: ["/etc/localtime"],
};

describe("what is laid over the host's files", () => {
  it("covers each folder that is mounted in another by itself, the outer one first, and leaves mounted files", () => {
    const mounts = [
      { path: "/", isDirectory: true },
      { path: "/usr/lib/wsl/lib", isDirectory: true },
      { path: "/usr/lib/wsl", isDirectory: true },
      { path: "/usr/lib/wsl", isDirectory: true },
      { path: "/usr", isDirectory: true },
      { path: "/usrlocal", isDirectory: true },
      { path: "/etc/localtime", isDirectory: false },
      { path: "/etc/hosts", isDirectory: false },
    ];
    expect(planOwnFiles({ dirs: ["/usr", "/etc"], seen: ["/usr", "/etc/localtime"], mounts })).toEqual({
      covered: ["/usr", "/etc", "/usr/lib/wsl", "/usr/lib/wsl/lib"],
      uncovered: ["/etc/localtime"],
    });
  });

  it.each([
    ["/usr", "/run/view/usr"],
    ["/usr/share/zoneinfo/UTC", "/run/view/usr/share/zoneinfo/UTC"],
    ["/etc/ssl", "/run/view/etc/ssl"],
    ["/etc/localtime", "/etc/localtime"],
    ["/usrlocal", "/usrlocal"],
    ["/nix/store/etc/ssl", "/nix/store/etc/ssl"],
  ])("has a sandbox find %s at %s", (file, place) => {
    expect(placeOf(own, file)).toBe(place);
    expect(placeOf(null, file)).toBe(file);
  });

  it("is a table that mount reads, whatever a folder is called", () => {
    const tabled = { dir: "/v", covered: ["/usr", "/usr/a b:c,d"], emptyDir: "/e", above: [] };
    expect(buildMountTable(tabled)).toBe(
      "overlay /v/usr overlay ro,lowerdir=/usr:/e 0 0\n" +
        String.raw`overlay /v/usr/a\040b:c,d overlay ro,lowerdir=/usr/a\040b\134:c\134,d:/e 0 0` +
        "\n",
    );
  });

  it("shows what a template installed before what the host has", () => {
    const above = ["/l/2/usr", "/l/1/usr"];
    expect(buildMountTable({ dir: "/v", covered: ["/usr", "/etc"], emptyDir: "/e", above })).toBe(
      "overlay /v/usr overlay ro,lowerdir=/l/2/usr:/l/1/usr:/usr:/e 0 0\n" +
        "overlay /v/etc overlay ro,lowerdir=/etc:/e 0 0\n",
    );
  });

  it("is planned by the mount points that the kernel tells, spaces and all", () => {
    const mountinfo =
      "22 1 254:0 / / rw,relatime - ext4 /dev/vda rw\n" +
      String.raw`30 22 0:5 / /mnt/a\040b rw - tmpfs none rw` +
      "\n";
    expect(parseMountPoints(mountinfo)).toEqual(["/", "/mnt/a b"]);
  });
});
