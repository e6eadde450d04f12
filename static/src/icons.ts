/** The page's icons: 16 × 16 line drawings that take the text's colour. Always beside a word. */

import { html, type SVGTemplateResult, svg, type TemplateResult } from "lit";

const SHAPES = {
  play: svg`<path d="M5 3.2v9.6l7.6-4.8z" fill="currentColor" stroke-linejoin="round" />`,
  square: svg`<rect x="4" y="4" width="8" height="8" rx="1.2" fill="currentColor" />`,
  circle: svg`<circle cx="8" cy="8" r="5" stroke-dasharray="2.4 1.9" />`,
  spinner: svg`<path class="spin" d="M8 2.5a5.5 5.5 0 1 1-5.5 5.5" />`,
  check: svg`<path d="m3.2 8.6 3.1 3.1 6.5-7" />`,
  differs: svg`<path d="M3.5 6h9M3.5 10h9M11 3 5 13" />`,
  dash: svg`<path d="M4 8h8" />`,
  scissors: svg`<circle cx="4.2" cy="4.4" r="1.8" /><circle cx="4.2" cy="11.6" r="1.8" /><path d="m5.8 5.4 7.4 5.4M5.8 10.6l7.4-5.4" />`,
  clock: svg`<circle cx="8" cy="8" r="5.5" /><path d="M8 5v3.2l2 1.4" />`,
  alert: svg`<path d="M8 2.6 14 13H2z" stroke-linejoin="round" /><path d="M8 6.6v3M8 11.2v.2" />`,
  fault: svg`<circle cx="8" cy="8" r="5.5" /><path d="M5.4 8h5.2" />`,
  first: svg`<path d="M4 3.5v9M12 4 6.8 8l5.2 4z" stroke-linejoin="round" />`,
  back: svg`<path d="M10.5 3.8 5.5 8l5 4.2" />`,
  forward: svg`<path d="m5.5 3.8 5 4.2-5 4.2" />`,
  last: svg`<path d="M12 3.5v9M4 4l5.2 4L4 12z" stroke-linejoin="round" />`,
  over: svg`<path d="M2.8 8.6a5.2 5.2 0 0 1 10 0M13.2 4.8v3.9H9.4" /><circle cx="8" cy="12" r="1.2" fill="currentColor" stroke="none" />`,
  out: svg`<path d="M8 10V2.8M4.9 5.7 8 2.6l3.1 3.1" /><circle cx="8" cy="13" r="1.2" fill="currentColor" stroke="none" />`,
  into: svg`<path d="M8 2.5v7M4.9 6.6 8 9.7l3.1-3.1" /><circle cx="8" cy="13" r="1.2" fill="currentColor" stroke="none" />`,
  share: svg`<path d="M8 9.6V2.4M5.2 5 8 2.2 10.8 5M4.6 7.4H3.4v6h9.2v-6h-1.2" stroke-linejoin="round" />`,
  list: svg`<path d="M3 4.2h10M3 8h10M3 11.8h6.5" />`,
  chevron: svg`<path d="m4.4 6.2 3.6 3.6 3.6-3.6" />`,
  keyboard: svg`<rect x="1.8" y="4" width="12.4" height="8" rx="1.4" /><path d="M4.4 6.6h.1M7 6.6h.1M9.6 6.6h.1M12 6.6h.1M5.4 9.6h5.2" />`,
  copy: svg`<rect x="5.6" y="5.6" width="7.6" height="7.6" rx="1.2" /><path d="M10.4 5.4V2.8H2.8v7.6h2.6" />`,
  close: svg`<path d="m4 4 8 8M12 4l-8 8" />`,
  dot: svg`<circle cx="8" cy="8" r="3" fill="currentColor" stroke="none" />`,
} satisfies Record<string, SVGTemplateResult>;

export type IconName = keyof typeof SHAPES;

export function icon(name: IconName): TemplateResult {
  return html`<svg class="icon icon-${name}" viewBox="0 0 16 16" width="16" height="16"
    fill="none" stroke="currentColor" stroke-width="1.5" stroke-linecap="round"
    aria-hidden="true" focusable="false">${SHAPES[name]}</svg>`;
}
