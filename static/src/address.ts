/** The address bar follows the cursor, slowly: browsers limit how often it may change. */

import { stepLink } from "./share.js";

const THROTTLE_MS = 300;

export class Address {
  private timer = 0;
  private pending: string | null = null;
  private path = window.location.pathname;

  /** A new run is a new entry of the history. */
  push(url: string): void {
    this.forget();
    window.history.pushState(null, "", url);
    this.path = window.location.pathname;
  }

  /** The latest step wins; earlier ones within the interval never reach the address bar. */
  show(url: string, at: { step: number; view: string }): void {
    this.pending = stepLink(url, at);
    if (this.timer) return;
    this.timer = window.setTimeout(() => {
      if (this.pending !== null) window.history.replaceState(null, "", this.pending);
      this.forget();
    }, THROTTLE_MS);
  }

  /** False after the browser's Back or Forward led to another page of the history. */
  get isCurrent(): boolean {
    return window.location.pathname === this.path;
  }

  private forget(): void {
    window.clearTimeout(this.timer);
    this.timer = 0;
    this.pending = null;
  }
}
