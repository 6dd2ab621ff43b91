/** What follows the last separator. */
export function nameOf(path: string): string {
  return path.slice(folderEnd(path) + 1);
}

/** What stands before the last separator. */
export function folderOf(path: string): string {
  return path.slice(0, Math.max(folderEnd(path), 0));
}

/** What follows the last point of the name, in lower case; empty without one. */
export function extensionOf(path: string): string {
  const name = nameOf(path);
  const dot = name.lastIndexOf('.');
  return dot < 1 ? '' : name.slice(dot + 1).toLowerCase();
}

function folderEnd(path: string): number {
  return Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\'));
}
