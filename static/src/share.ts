/** Sharing a run: who may open its link, and the link to a step. */

import type { Visibility } from "./config.js";

export class ShareError extends Error {}

/** The link to one step of one lane, as a person would paste it. Steps count from 1. */
export function stepLink(url: string, at: { step: number; view: string } | null): string {
  const link = new URL(url, window.location.href);
  link.search = "";
  link.hash = "";
  if (at) {
    link.searchParams.set("step", String(at.step + 1));
    link.searchParams.set("view", at.view);
  }
  return link.href;
}

function csrfToken(): string {
  const match = /(?:^|;\s*)csrftoken=([^;]*)/.exec(document.cookie);
  return match?.[1] ? decodeURIComponent(match[1]) : "";
}

/** Opens a run's link to everybody, or closes it again. Throws `ShareError` with words. */
export async function setVisibility(runId: string, visibility: Visibility): Promise<void> {
  const path = `/api/v1/runs/${encodeURIComponent(runId)}/visibility`;
  let response: Response;
  try {
    response = await fetch(path, {
      method: "POST",
      credentials: "same-origin",
      headers: { "Content-Type": "application/json", "X-CSRFToken": csrfToken() },
      body: JSON.stringify({ visibility }),
    });
  } catch {
    throw new ShareError("The server could not be reached. Check the connection and try again.");
  }
  if (response.ok) return;
  if (response.status === 403) {
    throw new ShareError("Only the person who started this run can change who sees it.");
  }
  if (response.status === 404) {
    throw new ShareError(
      "This run no longer exists, or another browser started it. Run the program again to share it.",
    );
  }
  throw new ShareError(`The server refused (${response.status}). Reload the page and try again.`);
}

/** False where the browser gives no access to the clipboard. */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}
