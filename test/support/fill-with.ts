/** Writes a text into whatever takes a stream of bytes. */
export function fillWith(text: string): (sink: WritableStream<Uint8Array>) => Promise<void> {
  return (sink) => new Blob([text]).stream().pipeTo(sink);
}
