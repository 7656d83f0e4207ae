import { describe, expect, it } from "vitest";
import { askAgent } from "../../test/support/sandbox-agent/ask-agent.ts";

const ask = (expression: string, given: unknown = null): unknown =>
  askAgent(`from agent import memory_use as use\nanswer = ${expression}`, given);

const users = [30, 100, 60, 100].map((bytes, index) => [index + 10, bytes]);

it.each([
  ["the biggest one", 1, [11]],
  ["as many of the biggest as it takes", 150, [11, 13]],
  ["one more for the last byte", 201, [11, 13, 12]],
  ["everybody, if that is still too little", 1_000, [11, 13, 12, 10]],
])("memory over the limit ends %s", (_name, excess, pids) => {
  const chosen = ask("[pid for pid, _ in use.choose_biggest(given[0], given[1])]", [users, excess]);
  expect(chosen).toEqual(pids);
});

it("what waits in sockets and pipes belongs to those who have them, by their number", () => {
  const shares = ask("[size for _, size in use.share_out(80, given, {10: 1, 11: 3})]", users);
  expect(shares).toEqual([50, 160, 60, 100]);
  expect(ask("use.share_out(80, given, {})", users)).toEqual(users);
});

describe("memory of pipes", () => {
  it("is nothing up to what programs need, and then all that they can hold", () => {
    const sizes = ask("[use.full_pipe_bytes(2048), use.full_pipe_bytes(3024)]");
    expect(sizes).toEqual([0, 1_024 * 65_536 + 2_000 * 8_192]);
  });

  it("takes each descriptor for the end of a pipe in the quick count", () => {
    expect(ask("use.rough_pipe_bytes([given])", process.pid)).toBe(0);
    expect(ask("use.rough_pipe_bytes([given] * 5000)", process.pid)).toBeGreaterThan(64 << 20);
    expect(ask("use.rough_pipe_bytes([2 ** 30])")).toBe(0);
  });

  it("is that of the pipes and sockets that a process opened", () => {
    const named = ask("all(name.startswith(('pipe:[', 'socket:[')) for name in use.list_channels(given))", 1);
    expect(named).toBe(true);
    expect(ask("use.list_channels(2 ** 30)")).toEqual([]);
  });
});

const head = "protocol  size sockets  memory press maxhdr  slab module";

describe("memory of sockets", () => {
  it.each([
    [
      "apart by kind on a new kernel",
      "UNIX-STREAM 1152     57      -1   NI\nUNIX      1152      3      -1   NI\nTCPv6 2432 2 0 no\nTCP 2304 4 0 no",
      [57, 3, 6],
    ],
    ["with unix streams among the rest on an old one", "UNIX 1024 12 -1 NI", [0, 12, 0]],
    ["of every kind that keeps messages", "UDPv6 1 9 0\nNETLINK 1 2 -1\nMPTCP 1 1 0", [0, 12, 0]],
  ])("is that of the sockets there are, counted %s", (_name, rows, counts) => {
    expect(ask("use.count_sockets(given)", `${head}\n${rows}\n`)).toEqual(counts);
  });

  it.each([
    ["nothing for as many as programs need", [50, 14, 0], 0],
    ["nothing for the agent's own", [544, 0, 480], 0],
    ["the whole buffer and a piece for a stream", [164, 0, 0], 100 * 1.25],
    ["twice the buffer for what keeps messages", [0, 164, 0], 100 * 2],
    ["the dearer ones first", [64, 10, 0], 10 * 2],
  ])("is %s", (_name, counts, buffers) => {
    expect(ask("use.full_socket_bytes(*given, 200_000)", counts)).toBe(buffers * 200_000);
  });

  it("is at most the whole machine's, and what waits in the sandbox's own connections", () => {
    const sockstat = "sockets: used 9\nTCP: inuse 41 orphan 0 tw 0 alloc 82 mem 100\nUDP: inuse 0 mem 7\n";
    expect(ask("use.machine_tcp_bytes(given)", sockstat)).toBeGreaterThanOrEqual(100 * 4096);
    expect(ask("use.machine_tcp_bytes('')")).toBe(0);
    const rows = [
      "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid",
      "   0: 0100007F:0C38 00000000:0000 0A 00000000:00000009 00:00000000 00000000  1000 0 1",
      "   1: 0100007F:0C38 0100007F:1234 01 00000010:00000100 00:00000000 00000000  1000 0 2",
      "",
    ].join("\n");
    expect(ask("use.queued_tcp_bytes(given)", rows)).toBe(0x110);
    expect(ask("use.queued_tcp_bytes('')")).toBe(0);
  });
});
