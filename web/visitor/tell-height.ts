/** Tells the site that shows this page in a frame how high it is: a number, and nothing else. */
export function tellHeight(): void {
  if (window.parent === window) return;
  const tell = () => window.parent.postMessage({ floomHeight: document.documentElement.scrollHeight }, "*");
  new ResizeObserver(tell).observe(document.body);
  tell();
}
