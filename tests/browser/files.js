// Files as people attach them to traces: a picture, a sound, papers. Made here, so that none lies in the repository.
import { crc32, deflateSync } from "node:zlib";

/** Sends a file to a trace or a span, as clients do. */
export async function attach({ server }, { kind, id, project }, { name, type, bytes }) {
  const query = new URLSearchParams({ file_name: name, mime_type: type, entity_type: kind, entity_id: id, project_name: project });
  const answer = await fetch(`${server.apiUrl}/v1/private/attachment/upload?${query}`, { method: "PUT", body: bytes });
  if (!answer.ok) throw new Error(`${name} was refused with ${answer.status}: ${await answer.text()}`);
}

function chunk(kind, data) {
  const body = Buffer.concat([Buffer.from(kind), data]);
  const frame = Buffer.alloc(8);
  frame.writeUInt32BE(data.length, 0);
  frame.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
}

/** A picture of stripes. */
export function png(width, height) {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2], 8);
  const row = (y) => [0, ...Array.from({ length: width }, (_, x) => ((x + y) % 16 < 8 ? [11, 107, 97] : [223, 241, 238])).flat()];
  const pixels = Buffer.from(Array.from({ length: height }, (_, y) => row(y)).flat());
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([signature, chunk("IHDR", header), chunk("IDAT", deflateSync(pixels)), chunk("IEND", Buffer.alloc(0))]);
}

/** A tone of so many seconds. */
export function wav(seconds) {
  const rate = 8000;
  const count = rate * seconds;
  const bytes = Buffer.alloc(44 + count);
  bytes.write("RIFF", 0);
  bytes.writeUInt32LE(36 + count, 4);
  bytes.write("WAVEfmt ", 8);
  bytes.writeUInt32LE(16, 16);
  bytes.writeUInt16LE(1, 20);
  bytes.writeUInt16LE(1, 22);
  bytes.writeUInt32LE(rate, 24);
  bytes.writeUInt32LE(rate, 28);
  bytes.writeUInt16LE(1, 32);
  bytes.writeUInt16LE(8, 34);
  bytes.write("data", 36);
  bytes.writeUInt32LE(count, 40);
  for (let at = 0; at < count; at += 1) bytes[44 + at] = 128 + 60 * Math.sin((at * 440 * 2 * Math.PI) / rate);
  return bytes;
}

const PDF = `%PDF-1.4
1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj
2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj
3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>endobj
trailer<</Root 1 0 R>>
`;

export const FILES = [
  { name: "receipt.png", type: "image/png", bytes: png(64, 64) },
  { name: "call.wav", type: "audio/wav", bytes: wav(0.5) },
  { name: "screen.webm", type: "video/webm", bytes: Buffer.from([0x1a, 0x45, 0xdf, 0xa3]) },
  { name: "notes.txt", type: "text/plain", bytes: Buffer.from("The parcel was left with a neighbour.\n") },
  { name: "order.json", type: "application/json", bytes: Buffer.from('{"city":"Hamburg","lines":[{"id":17,"price":12.5}]}') },
  { name: "invoice.pdf", type: "application/pdf", bytes: Buffer.from(PDF) },
  { name: "page.html", type: "text/html", bytes: Buffer.from("<script>document.title = 'taken'</script>") },
  { name: "model.bin", type: "application/octet-stream", bytes: Buffer.alloc(2048, 7) },
];
