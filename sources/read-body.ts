/** Reads a body until it ends or passes a limit; what lies beyond is neither kept nor fetched. */
export async function readUpTo(
  body: AsyncIterable<Uint8Array> | null,
  maxBytes: number,
): Promise<{ readonly bytes: Uint8Array; readonly isWhole: boolean }> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body ?? []) {
    chunks.push(chunk);
    size += chunk.byteLength;
    if (size > maxBytes) break;
  }
  const bytes = new Uint8Array(Buffer.concat(chunks, Math.min(size, maxBytes)));
  return { bytes, isWhole: size <= maxBytes };
}
