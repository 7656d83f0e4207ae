import fc from "fast-check";
import { expect, it } from "vitest";
import { verifies } from "../../../test/verifies.ts";
import { judgeDialAddress } from "./dial-address.ts";

const judge = (url: string, allowLoopback = false) => judgeDialAddress(url, { allowLoopback });

it.each([
  "https://127.0.0.1/",
  "https://2130706433/",
  "https://0x7f.1/",
  "https://0177.0.0.1/",
  "https://１２７.0.0.1/",
  "https://10.1.2.3/",
  "https://172.31.255.255/",
  "https://192.168.0.1/",
  "https://169.254.169.254/latest/meta-data/",
  "https://168.63.129.16/",
  "https://100.64.0.1/",
  "https://0.0.0.0/",
  "https://255.255.255.255/",
  "https://[::1]/",
  "https://[::]/",
  "https://[::ffff:127.0.0.1]/",
  "https://[fe80::1]/",
  "https://[fd00::1]/",
  "https://[64:ff9b::a00:1]/",
  "https://[2002:7f00:1::]/",
  "https://[2001:db8::1]/",
  "https://localhost/",
  "https://LOCALHOST./",
  "https://api.localhost/",
  "https://localhost../",
  "https://127.0.0.1.nip.io../",
  "https://kubernetes.default.svc/",
  "https://kubernetes.default.svc.cluster.local/",
  "https://1.0.0.10.in-addr.arpa/",
  "https://receiver.test/",
  "https://receiver.invalid/",
  "https://metadata.google.internal/",
  "https://printer.local/",
  "https://router/",
  "https://127.0.0.1.nip.io/",
  "https://user:pass@example.com/",
  "https://user@example.com/",
  "https://:pass@example.com/",
  "https://nip.io/",
  "https://lvh.me/",
  "http://example.com/",
  "ftp://example.com/",
  "file:///etc/passwd",
  "https://example.com/\r\nx: y",
  "not a url",
])("%s is not dialled", (url) => {
  verifies("alerts:address:private-never-dialled");
  expect(judge(url)).toMatch(/\.$/);
});

it.each([
  "https://example.com/hook?x=1",
  "https://example.com:8443/hook",
  "https://8.8.8.8/",
  "https://local.example.com/",
  "https://hooks.internal.example.com/",
  "https://mytest.com/",
  "https://nip.io.example.com/",
  "https://snip.io/",
  "https://172.32.0.1/",
  "https://[2606:4700::1111]/",
])("%s is dialled", (url) => {
  expect(judge(url)).toBeNull();
});

it("loopback is dialled when it is allowed, by http as well, and nothing else private is", () => {
  for (const url of [
    "http://127.0.0.1:9/x",
    "http://localhost:9/",
    "http://[::1]:9/",
    "https://127.0.0.1/",
    "http://127.10.20.30/",
  ])
    expect(judge(url, true)).toBeNull();

  for (const url of [
    "http://10.0.0.1/",
    "https://169.254.169.254/",
    "http://example.com/",
    "http://127.0.0.1.example.com/",
    "ftp://127.0.0.1/",
  ])
    expect(judge(url, true)).not.toBeNull();
});

it("no spelling of a private IPv4 address is dialled", () => {
  const byte = fc.integer({ min: 0, max: 255 });
  const privateAddress = fc.oneof(
    fc.tuple(fc.constantFrom(0, 10, 127), byte, byte, byte),
    fc.tuple(fc.constant(192), fc.constant(168), byte, byte),
    fc.tuple(fc.constant(169), fc.constant(254), byte, byte),
  );
  fc.assert(
    fc.property(
      privateAddress,
      fc.constantFrom("dotted", "hex", "octal", "whole", "mapped"),
      (bytes, form) => {
        const whole = bytes.reduce((sum, part) => sum * 256 + part, 0);
        const spelt = {
          dotted: bytes.join("."),
          hex: bytes.map((part) => `0x${part.toString(16)}`).join("."),
          octal: bytes.map((part) => `0${part.toString(8)}`).join("."),
          whole: String(whole),
          mapped: `[::ffff:${bytes.join(".")}]`,
        }[form];
        expect(judge(`https://${spelt}/`)).not.toBeNull();
      },
    ),
  );
});
