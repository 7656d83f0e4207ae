import { renderSVG } from "uqr";

/** An address as a picture that phones read, in black on white. Pure. */
export function buildQrCode(address: string): string {
  return renderSVG(address, { border: 2, ecc: "M" });
}
