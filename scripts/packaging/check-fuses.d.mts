export const EXPECTED: readonly (readonly [name: string, wanted: '0' | '1'])[];
export function fuseProblems(bytes: Uint8Array): string[] | null;
export function checkFuses(folder: string): void;
export default function afterAllArtifactBuild(build: { outDir: string }): string[];
