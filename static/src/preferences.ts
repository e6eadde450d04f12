/** Small settings that a browser remembers; storage may be switched off, then nothing is kept. */

export function readSetting(name: string): string | null {
  try {
    return window.localStorage.getItem(`setting:${name}`);
  } catch {
    return null;
  }
}

export function writeSetting(name: string, value: string): void {
  try {
    window.localStorage.setItem(`setting:${name}`, value);
  } catch {
    // The setting lasts until the page is closed.
  }
}
