/** Base of the elements that show both lanes at one row of their common scale. */

import type { PropertyDeclarations } from "lit";
import type { LaneName, TraceStore } from "../trace-store.js";
import { LightElement } from "./light.js";

export class RowElement extends LightElement {
  static override properties: PropertyDeclarations = {
    store: { attribute: false },
    /** Grows with every change of the store, which is changed in place. */
    revision: { attribute: false },
    row: { attribute: false },
    view: { attribute: false },
    sourceLines: { attribute: false },
  };

  declare store: TraceStore;
  declare revision: number;
  declare row: number;
  /** The lane that is shown where only one fits, and that stepping over and out goes by. */
  declare view: LaneName;
  declare sourceLines: readonly string[];

  constructor() {
    super();
    this.revision = 0;
    this.row = 0;
    this.view = "actual";
    this.sourceLines = [];
  }
}
