// gzip in base64 → a compiled module. gzip, since it is the one compression that every browser unpacks.
export async function compileBase64(base64: string): Promise<WebAssembly.Module> {
  const binary = atob(base64), bytes = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i);
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return WebAssembly.compile(await new Response(stream).arrayBuffer());
}
