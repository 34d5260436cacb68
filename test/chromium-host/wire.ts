/**
 * What crosses between a page and main: JSON with marks for the values that JSON loses but Electron's structured clone
 * keeps. Both functions are also sent to the page as text, so they must not use anything outside themselves.
 */

/** Turns a plain value into JSON text. Throws what Electron throws when a value holds a function or a symbol. */
export function encodeWire(value: unknown): string {
  const seen: object[] = [];
  const pack = (item: unknown): unknown => {
    if (item === undefined) return { $: 'undefined' };
    if (typeof item === 'bigint') return { $: 'bigint', v: String(item) };
    if (typeof item === 'number' && (!Number.isFinite(item) || Object.is(item, -0))) {
      return { $: 'number', v: Object.is(item, -0) ? '-0' : String(item) };
    }
    if (typeof item === 'function' || typeof item === 'symbol') throw new Error('An object could not be cloned.');
    if (typeof item !== 'object' || item === null) return item;
    if (seen.includes(item)) throw new Error('An object could not be cloned.');
    if (item instanceof Date) return { $: 'date', v: pack(item.getTime()) };
    if (item instanceof Error) return { $: 'error', v: item.message, n: item.name };
    if (ArrayBuffer.isView(item)) {
      const bytes = new Uint8Array(item.buffer, item.byteOffset, item.byteLength);
      let text = '';
      for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192));
      return { $: 'bytes', v: btoa(text) };
    }
    seen.push(item);
    const packed = Array.isArray(item)
      ? item.map(pack)
      : item instanceof Map
        ? { $: 'map', v: [...item].map(pack) }
        : item instanceof Set
          ? { $: 'set', v: [...item].map(pack) }
          : { $: 'object', v: Object.entries(item).map(([key, inner]) => [key, pack(inner)]) };
    seen.pop();
    return packed;
  };
  return JSON.stringify(pack(value));
}

/** The reverse of encodeWire. Typed arrays and Buffers arrive as Uint8Array. */
export function decodeWire(text: string): unknown {
  const unpack = (item: unknown): unknown => {
    if (typeof item !== 'object' || item === null) return item;
    if (Array.isArray(item)) return item.map(unpack);
    const { $: kind, v, n } = item as { $: string; v: unknown; n?: string };
    if (kind === 'undefined') return undefined;
    if (kind === 'bigint') return BigInt(v as string);
    if (kind === 'number') return Number(v);
    if (kind === 'date') return new Date(unpack(v) as number);
    if (kind === 'bytes') return Uint8Array.from(atob(v as string), letter => letter.charCodeAt(0));
    if (kind === 'error') return Object.assign(new Error(v as string), { name: n });
    if (kind === 'map') return new Map((v as unknown[]).map(unpack) as [unknown, unknown][]);
    if (kind === 'set') return new Set((v as unknown[]).map(unpack));
    const object: Record<string, unknown> = {};
    for (const [key, inner] of v as [string, unknown][]) {
      // A plain assignment to __proto__ would change the prototype instead of adding the key.
      Object.defineProperty(object, key, {
        value: unpack(inner),
        enumerable: true,
        writable: true,
        configurable: true,
      });
    }
    return object;
  };
  return unpack(JSON.parse(text));
}
