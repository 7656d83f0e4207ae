/**
 * Puts an app into another site's page: `<script src="…/embed.js" data-app="slug"></script>`. The frame is as high as what
 * is in it says; nothing else passes between the two.
 */
const script = `(() => {
  const tag = document.currentScript;
  const app = tag && tag.dataset.app;
  if (!app) return;
  const origin = new URL(tag.src).origin;
  const frame = document.createElement("iframe");
  frame.src = origin + "/embed/" + encodeURIComponent(app);
  frame.title = tag.dataset.title || "App";
  frame.style.cssText = "width:100%;border:0;min-height:20rem";
  addEventListener("message", (event) => {
    if (event.source !== frame.contentWindow || event.origin !== origin) return;
    const height = Number(event.data && event.data.floomHeight);
    if (height > 0 && height < 20000) frame.style.height = Math.ceil(height) + "px";
  });
  tag.after(frame);
})();
`;

/** The script that other sites load. */
export function answerEmbedScript(): Response {
  const headers = {
    "content-type": "text/javascript; charset=utf-8",
    "cache-control": "public, max-age=300",
    // Every site may load it: which of them may show an app its page says.
    "cross-origin-resource-policy": "cross-origin",
  };
  return new Response(script, { headers });
}
