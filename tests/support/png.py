"""Pictures made small: a screenshot has few colours, and Chromium writes it as if it had many."""

import base64
import struct
import zlib

import numpy as np

PIXELS = """async (picture) => {
  const bytes = Uint8Array.from(atob(picture), (letter) => letter.charCodeAt(0));
  const image = await createImageBitmap(new Blob([bytes]));
  const canvas = new OffscreenCanvas(image.width, image.height);
  const context = canvas.getContext("2d");
  context.drawImage(image, 0, 0);
  const { data } = context.getImageData(0, 0, image.width, image.height);
  let letters = "";
  for (let at = 0; at < data.length; at += 4096)
    letters += String.fromCharCode(...data.subarray(at, at + 4096));
  return [image.width, image.height, btoa(letters)];
}"""


def smaller(page, png: bytes) -> bytes:
    """Return a picture with the 256 colours that are used most; others become the nearest of them.

    Args:
        page: Any page of a browser, which reads the picture.
        png: The picture; it has no transparency.
    """
    width, height, data = page.evaluate(PIXELS, base64.b64encode(png).decode())
    pixels = np.frombuffer(base64.b64decode(data), np.uint8).reshape(-1, 4)[:, :3]
    colours, which, count = np.unique(pixels, axis=0, return_inverse=True, return_counts=True)
    palette = colours[np.argsort(-count)[:256]].astype(int)
    distance = ((colours.astype(int)[:, None, :] - palette[None]) ** 2).sum(axis=2)
    indexed = distance.argmin(axis=1).astype(np.uint8)[which].reshape(height, width)
    lines = np.hstack([np.zeros((height, 1), np.uint8), indexed])  # each starts with: no filter
    parts = {
        b"IHDR": struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0),
        b"PLTE": palette.astype(np.uint8).tobytes(),
        b"IDAT": zlib.compress(lines.tobytes(), 9),
        b"IEND": b"",
    }
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, data) for name, data in parts.items())


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
