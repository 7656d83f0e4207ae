/** Hands `response`'s body to the browser as a download named `filename`; links cannot carry the token themselves. */
export async function saveFile(response: Response, filename: string): Promise<void> {
  const url = URL.createObjectURL(await response.blob());
  const link = document.createElement("a");
  link.href = url;
  link.download = filename;
  link.click();
  // The browser reads the blob after the click returns; an immediate revoke can lose the download.
  window.setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
