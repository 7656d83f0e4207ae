// Protobuf's JSON writer asks for the native `Uint8Array.prototype.toBase64` once, at import, and else encodes
// byte by byte in JavaScript, ten times slower for command output. Import this file before it.
if (!("toBase64" in Uint8Array.prototype)) {
  Object.defineProperty(Uint8Array.prototype, "toBase64", {
    configurable: true,
    writable: true,
    value: function toBase64(this: Uint8Array): string {
      return Buffer.from(this.buffer, this.byteOffset, this.byteLength).toString("base64");
    },
  });
}
