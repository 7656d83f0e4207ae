import type { Knock } from "../../stage/knock.ts";

/** Pages of the runtime, and paths that could lead to it or to files of the machine. */
export const paths: readonly (readonly [
  id: string,
  path: string,
  headers?: Readonly<Record<string, string>>,
])[] = [
  ["objects", "/cdn-cgi/local/r2/public/floom-files/{record}"],
  ["objects-double-slash", "//cdn-cgi/local/r2/public/floom-files/{record}"],
  ["objects-encoded", "/%63dn-cgi/local/r2/public/floom-files/{record}"],
  ["objects-upper-case", "/CDN-CGI/local/r2/public/floom-files/{record}"],
  [
    "objects-by-header",
    "/api/health",
    { "MF-Original-URL": "{edge}/cdn-cgi/local/r2/public/floom-files/{record}" },
  ],
  ["objects-absolute", "{edge}/cdn-cgi/local/r2/public/floom-files/{record}"],
  ["scheduled", "/cdn-cgi/handler/scheduled"],
  ["mf-scheduled", "/cdn-cgi/mf/scheduled"],
  ["mf-reload", "/cdn-cgi/mf/reload"],
  ["email", "/cdn-cgi/handler/email"],
  ["explorer", "/cdn-cgi/explorer/api"],
  ["explorer-page", "/cdn-cgi/explorer"],
  ["local-explorer", "/cdn-cgi/local/explorer"],
  ["platform-proxy", "/cdn-cgi/platform-proxy"],
  ["images", "/cdn-cgi/imagedelivery/x/y"],
  ["cf-local", "/__cf_local/"],
  ["inspector", "/json/list"],
  ["d1", "/cdn-cgi/local/d1/"],
  ["kv", "/cdn-cgi/local/kv/"],
  ["do", "/cdn-cgi/local/do/"],
  ["route-override", "/api/health", { "MF-Route-Override": "explorer" }],
  ["custom-service", "/api/health", { "MF-Custom-Service": "explorer" }],
  ["etc-passwd", "/../../../../etc/passwd"],
  ["etc-passwd-encoded", "/%2e%2e/%2e%2e/%2e%2e/etc/passwd"],
  ["etc-passwd-slashes", "/..%2f..%2f..%2f..%2fetc%2fpasswd"],
  ["etc-passwd-assets", "/assets/..%2f..%2f..%2f..%2fetc/passwd"],
  ["etc-passwd-backslash", "/..\\..\\..\\etc\\passwd"],
  ["source", "/worker/index.ts"],
  ["settings", "/.dev.vars"],
  ["wrangler", "/wrangler.toml"],
  ["git", "/.git/config"],
  ["environment", "/.env"],
  ["state", "/.floom/token"],
  ["source-map", "/assets/index.js.map"],
];

/** Paths that a check could read otherwise than the router does; all without a token. */
export const tricks = [
  "/api/./workers",
  "/api/health/../workers",
  "/api//workers",
  "//api/workers",
  "/api/workers/",
  "/API/workers",
  "/api/%77orkers",
  "/api/workers%00",
  "/api/workers;x",
  "/api/workers?token={token_shape}",
  "/api/workers#x",
  "/api/health/..%2fworkers",
  "/api/health%2f..%2fworkers",
  "/api/openapi.json/../workers",
  "/api/docs/..;/workers",
  "/hooks/../api/workers",
  "/webhooks/x/../../api/workers",
  "/api/approvals/public/../count",
] as const;

export const steering: readonly (readonly [id: string, headers: Readonly<Record<string, string>>])[] = [
  ["x-original-url", { "X-Original-URL": "/api/health" }],
  ["x-rewrite-url", { "X-Rewrite-URL": "/api/health" }],
  ["x-forwarded-for", { "X-Forwarded-For": "127.0.0.1" }],
  ["cf-connecting-ip", { "CF-Connecting-IP": "127.0.0.1" }],
  ["method-override", { "X-HTTP-Method-Override": "OPTIONS" }],
  ["cookie", { Cookie: "token=owner; session=owner" }],
  ["two-tokens", { Authorization: "Bearer a, Bearer b" }],
  ["mf-original-url", { "MF-Original-URL": "{edge}/api/health" }],
  ["host", { Host: "localhost" }],
  ["origin-local", { Origin: "http://127.0.0.1" }],
];

export const head = "Host: {host}\r\n";
const smuggled = `GET /api/workers HTTP/1.1\r\n${head}\r\n`;

/** Framings that servers have read in two ways. A refusal, or nothing at all; never a failure of the edge. */
export const framings: readonly (readonly [id: string, wants: string, parts: readonly string[]])[] = [
  [
    "both-lengths",
    "Hide a request behind two kinds of length.",
    [
      `POST /api/health HTTP/1.1\r\n${head}Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${smuggled}`,
    ],
  ],
  [
    "two-lengths",
    "Hide a request behind two lengths.",
    [`POST /api/health HTTP/1.1\r\n${head}Content-Length: 0\r\nContent-Length: 60\r\n\r\n${smuggled}`],
  ],
  [
    "odd-coding",
    "Hide a request behind a coding nobody knows.",
    [`POST /api/health HTTP/1.1\r\n${head}Transfer-Encoding: xchunked\r\n\r\n${smuggled}`],
  ],
  [
    "bad-chunk",
    "Send a chunk whose size is none.",
    [`POST /api/workers HTTP/1.1\r\n${head}Transfer-Encoding: chunked\r\n\r\nzz\r\nx\r\n0\r\n\r\n`],
  ],
  [
    "huge-chunk",
    "Send a chunk whose size wraps around.",
    [`POST /api/workers HTTP/1.1\r\n${head}Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\nx\r\n`],
  ],
  [
    "space-in-header",
    "Put a blank before a header's colon.",
    [`GET /api/workers HTTP/1.1\r\n${head}Content-Length : 5\r\n\r\nhello`],
  ],
  [
    "folded-header",
    "Fold a header over two lines.",
    [`GET /api/workers HTTP/1.1\r\n${head}X: a\r\n b\r\n\r\n`],
  ],
  ["line-feeds", "End lines without a carriage return.", ["GET /api/workers HTTP/1.1\nHost: x\n\n"]],
  ["no-host", "Name no host.", ["GET /api/workers HTTP/1.1\r\n\r\n"]],
  ["two-hosts", "Name two hosts.", [`GET /api/workers HTTP/1.1\r\n${head}Host: evil.example\r\n\r\n`]],
  ["bad-host", "Name a host that is none.", ["GET /api/workers HTTP/1.1\r\nHost: a b\r\n\r\n"]],
  ["host-with-path", "Name a host with a path.", ["GET /api/workers HTTP/1.1\r\nHost: x/../y\r\n\r\n"]],
  [
    "connect",
    "Open a tunnel through the edge.",
    [
      `CONNECT 127.0.0.1:{canary} HTTP/1.1\r\n${head}\r\n`,
      "GET /through-the-edge HTTP/1.1\r\nHost: x\r\n\r\n",
    ],
  ],
  ["trace", "Have headers echoed.", [`TRACE /api/workers HTTP/1.1\r\n${head}\r\n`]],
  ["odd-method", "Use a method nobody knows.", [`ATTACK /api/workers HTTP/1.1\r\n${head}\r\n`]],
  ["nul-in-header", "Put a NUL into a header.", [`GET /api/workers HTTP/1.1\r\n${head}X: a\u0000b\r\n\r\n`]],
  ["nul-in-path", "Put a NUL into the path.", [`GET /api/workers\u0000 HTTP/1.1\r\n${head}\r\n`]],
  [
    "negative-length",
    "Send a length below nothing.",
    [`POST /api/workers HTTP/1.1\r\n${head}Content-Length: -1\r\n\r\n`],
  ],
  ["old-http", "Use a version without a host.", ["GET /api/workers HTTP/1.0\r\n\r\n"]],
  ["new-http", "Use a version that does not exist.", [`GET /api/workers HTTP/9.9\r\n${head}\r\n`]],
  [
    "absolute-other",
    "Use the edge as a proxy.",
    ["GET http://192.0.2.7/ HTTP/1.1\r\nHost: 192.0.2.7\r\n\r\n"],
  ],
  [
    "huge-header",
    "Send an endless header.",
    [`GET /api/workers HTTP/1.1\r\n${head}X: ${"a".repeat(200_000)}\r\n\r\n`],
  ],
  [
    "many-headers",
    "Send endless headers.",
    [`GET /api/workers HTTP/1.1\r\n${head}${"X: a\r\n".repeat(20_000)}\r\n`],
  ],
  ["long-path", "Send an endless path.", [`GET /${"a".repeat(100_000)} HTTP/1.1\r\n${head}\r\n`]],
  ["unfinished", "Hold the connection with half a request.", ["GET /api/workers HTTP/1.1\r\nHos"]],
  [
    "tls",
    "Speak TLS where there is none.",
    ["\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003"],
  ],
  [
    "upgrade",
    "Switch to another protocol.",
    [
      `GET /api/workers HTTP/1.1\r\n${head}Connection: Upgrade\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQ\r\n\r\n`,
    ],
  ],
];

export const json = { "content-type": "application/json" };
const runs = "/api/workers/attack-of-nobody/runs";
const deep = (open: string, close: string): string => open.repeat(10_000) + close.repeat(10_000);

/** Bodies that a parser may break at, with the owner's token: a refusal, never a failure of the edge. */
export const bodies: readonly (readonly [id: string, wants: string, request: Knock])[] = [
  [
    "deep-lists",
    "Break the parser by lists in lists.",
    { method: "POST", path: runs, headers: json, body: `{"inputs":{"a":${deep("[", "]")}}}` },
  ],
  [
    "deep-objects",
    "Break the parser by objects in objects.",
    {
      method: "POST",
      path: runs,
      headers: json,
      body: `{"inputs":${'{"a":'.repeat(10_000)}1${"}".repeat(10_000)}}`,
    },
  ],
  [
    "large",
    "Fill memory by a large body.",
    { method: "POST", path: runs, headers: json, body: `{"inputs":{"a":"${"x".repeat(400_000)}"}}` },
  ],
  [
    "prototype",
    "Change objects of the edge by names.",
    {
      method: "POST",
      path: runs,
      headers: json,
      body: '{"__proto__":{"a":1},"constructor":{"prototype":{"a":1}}}',
    },
  ],
  ["unfinished", "Send half a document.", { method: "POST", path: runs, headers: json, body: '{"inputs":' }],
  [
    "not-utf8",
    "Send text in no encoding.",
    { method: "POST", path: runs, headers: json, body: Buffer.from([0x7b, 0xff, 0xfe, 0x7d]) },
  ],
  [
    "lone-surrogate",
    "Send half a letter.",
    { method: "POST", path: runs, headers: json, body: '{"inputs":{"a":"\\ud800"}}' },
  ],
  ["list", "Send a list for an object.", { method: "POST", path: runs, headers: json, body: "[]" }],
  ["number", "Send a number for an object.", { method: "POST", path: runs, headers: json, body: "1e999" }],
  [
    "more-keys",
    "Send keys that the route does not have.",
    {
      method: "POST",
      path: runs,
      headers: json,
      body: '{"inputs":{},"execute":true,"workspace_id":"wsp_x"}',
    },
  ],
  [
    "text-plain",
    "Send JSON as plain text, as a page may without asking.",
    { method: "POST", path: runs, headers: { "content-type": "text/plain" }, body: '{"inputs":{}}' },
  ],
  [
    "form",
    "Send JSON as a form, as a page may without asking.",
    {
      method: "POST",
      path: runs,
      headers: { "content-type": "application/x-www-form-urlencoded" },
      body: '{"inputs":{}}',
    },
  ],
  [
    "packed",
    "Send a packed body that grows.",
    {
      method: "POST",
      path: runs,
      headers: { ...json, "content-encoding": "gzip" },
      body: Buffer.from("1f8b08000000000000ff", "hex"),
    },
  ],
  ["bad-query", "Send a query that is no number.", { path: "/api/runs?limit=1e9" }],
  ["long-query", "Send an endless query.", { path: `/api/runs?worker_id=${"a".repeat(8000)}` }],
  ["bad-cursor", "Send a cursor of one's own.", { path: "/api/runs?cursor=eyJpZCI6Iicgb3IgMT0xIC0tIn0" }],
  ["sql-in-worker", "Send SQL for a name.", { path: "/api/workers/x'%20or%201=1--" }],
  ["sql-in-query", "Send SQL in a query.", { path: "/api/runs?worker_id='%20or%201=1%20--" }],
  [
    "multipart-none",
    "Send a form that is none.",
    { method: "POST", path: "/api/uploads", headers: { "content-type": "multipart/form-data" }, body: "x" },
  ],
  [
    "multipart-open",
    "Send a form that never ends.",
    {
      method: "POST",
      path: "/api/uploads",
      headers: { "content-type": "multipart/form-data; boundary=x" },
      body: '--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\nabc',
    },
  ],
  [
    "cron",
    "Send a schedule that takes for ever.",
    { path: `/api/schedules/preview?cron=${encodeURIComponent("* * 31 2 *")}&timezone=UTC` },
  ],
  [
    "zone",
    "Send a time zone that is a path.",
    { path: "/api/schedules/preview?cron=*%20*%20*%20*%20*&timezone=../../etc/passwd" },
  ],
];
