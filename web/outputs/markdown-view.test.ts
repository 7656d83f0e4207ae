import { expect, test } from "vitest";
import { writeMarkdown } from "./markdown-view.tsx";

test("tables, lists and links of Markdown are written as HTML", () => {
  const html = writeMarkdown("# Hi\n\n| a | b |\n|---|---|\n| 1 | [x](https://example.com) |\n\n- [x] done");
  expect(html).toContain("<h1>Hi</h1>");
  expect(html).toContain("<table>");
  expect(html).toContain('<a href="https://example.com">x</a>');
});

test.each([
  "<script>alert(1)</script>",
  "<img src=x onerror=alert(1)>",
  "<svg><animate onbegin=alert(1)></svg>",
  "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
  "[x](javascript:alert(1))",
  "[x](JaVaScRiPt&colon;alert(1))",
  "![x](data:text/html;base64,PHNjcmlwdD4=)",
  '[x](https://a "onmouseover=alert(1)")',
  "<a href='javascript:alert(1)'>x</a>",
  "[^1]\n\n[^1]: <b onclick=alert(1)>",
])("nothing in Markdown acts: %s", (text) => {
  const html = writeMarkdown(text);
  expect(html).not.toMatch(/<(script|svg|iframe|b)\b/i);
  expect(html).not.toMatch(/<[^>]+\s(on\w+|srcdoc)\s*=/i);
  expect(html).not.toMatch(/(href|src)="(javascript|data):/i);
});
