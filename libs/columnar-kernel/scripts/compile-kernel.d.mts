/** Compiles assembly/ to WebAssembly; `planted` builds one of the deliberate bugs of assembly/planted.ts. */
export function compileKernel(options?: { readonly planted?: number }): Promise<Uint8Array>;
