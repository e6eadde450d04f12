/**
 * `<split-handle>`: the movable border between the program and its trace.
 *
 * Its parent reads the share of the left half from the CSS variable `--split`. The share is kept
 * for the next visit.
 */

import { readSetting, writeSetting } from "../preferences.js";
import { define } from "./light.js";

const SETTING = "split";
const LEAST = 25;
const MOST = 70;
const USUAL = 44;
const KEY_STEP = 2;

export class SplitHandle extends HTMLElement {
  private share = USUAL;

  connectedCallback(): void {
    this.setAttribute("role", "separator");
    this.setAttribute("aria-orientation", "vertical");
    this.setAttribute("aria-label", "Width of the program");
    this.setAttribute("aria-valuemin", String(LEAST));
    this.setAttribute("aria-valuemax", String(MOST));
    this.tabIndex = 0;
    this.addEventListener("pointerdown", this.onDown);
    this.addEventListener("pointermove", this.onMove);
    this.addEventListener("pointerup", this.keep);
    this.addEventListener("dblclick", this.onReset);
    this.addEventListener("keydown", this.onKey);
    this.show(Number(readSetting(SETTING) ?? USUAL));
  }

  private show(share: number): void {
    this.share = Number.isFinite(share) ? Math.min(MOST, Math.max(LEAST, share)) : USUAL;
    this.setAttribute("aria-valuenow", String(Math.round(this.share)));
    this.parentElement?.style.setProperty("--split", `${this.share}%`);
  }

  private keep = (): void => writeSetting(SETTING, this.share.toFixed(1));

  private onDown = (event: PointerEvent): void => {
    event.preventDefault();
    this.setPointerCapture(event.pointerId);
  };

  private onMove = (event: PointerEvent): void => {
    if (!(event.buttons & 1) || !this.parentElement) return;
    const { left, width } = this.parentElement.getBoundingClientRect();
    this.show(((event.clientX - left) / Math.max(1, width)) * 100);
  };

  private onReset = (): void => {
    this.show(USUAL);
    this.keep();
  };

  private onKey = (event: KeyboardEvent): void => {
    const change = { ArrowLeft: -KEY_STEP, ArrowRight: KEY_STEP }[event.key];
    if (change === undefined) return;
    event.preventDefault();
    this.show(this.share + change);
    this.keep();
  };
}

define("split-handle", SplitHandle);
