import { describe, expect, it } from "vitest";
import { countSockets, fullSocketBytes, machineTcpBytes, queuedTcpBytes } from "./socket-memory.ts";

const head = "protocol  size sockets  memory press maxhdr  slab module";

describe("memory of sockets", () => {
  it.each([
    [
      "apart by kind on a new kernel",
      "UNIX-STREAM 1152     57      -1   NI\nUNIX      1152      3      -1   NI\nTCPv6 2432 2 0 no\nTCP 2304 4 0 no",
      { streams: 57, messages: 3, tcp: 6 },
    ],
    [
      "with unix streams among the rest on an old one",
      "UNIX 1024 12 -1 NI",
      { streams: 0, messages: 12, tcp: 0 },
    ],
    [
      "of every kind that keeps messages",
      "UDPv6 1 9 0\nNETLINK 1 2 -1\nMPTCP 1 1 0",
      { streams: 0, messages: 12, tcp: 0 },
    ],
  ])("is that of the sockets there are, counted %s", (_name, rows, counts) => {
    expect(countSockets(`${head}\n${rows}\n`)).toEqual(counts);
  });

  it.each([
    ["nothing for as many as programs need", { streams: 50, messages: 14 }, 0, 0],
    ["nothing for the agent's own", { streams: 544, messages: 0 }, 480, 0],
    ["the whole buffer and a piece for a stream", { streams: 164, messages: 0 }, 0, 100 * 1.25],
    ["twice the buffer for what keeps messages", { streams: 0, messages: 164 }, 0, 100 * 2],
    ["the dearer ones first", { streams: 64, messages: 10 }, 0, 10 * 2],
  ])("is %s", (_name, counts, ownStreams, buffers) => {
    const own = { ownStreams, bufferBytes: 200_000 };
    expect(fullSocketBytes({ ...counts, tcp: 5 }, own)).toBe(buffers * 200_000);
  });

  it("is at most the whole machine's, and what waits in the sandbox's own connections", () => {
    const sockstat = "sockets: used 9\nTCP: inuse 41 orphan 0 tw 0 alloc 82 mem 100\nUDP: inuse 0 mem 7\n";
    expect(machineTcpBytes(sockstat)).toBeGreaterThanOrEqual(100 * 4096);
    expect(machineTcpBytes("")).toBe(0);
    const rows = [
      "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid",
      "   0: 0100007F:0C38 00000000:0000 0A 00000000:00000009 00:00000000 00000000  1000 0 1",
      "   1: 0100007F:0C38 0100007F:1234 01 00000010:00000100 00:00000000 00000000  1000 0 2",
      "",
    ].join("\n");
    expect(queuedTcpBytes(rows)).toBe(0x110);
    expect(queuedTcpBytes("")).toBe(0);
  });
});
