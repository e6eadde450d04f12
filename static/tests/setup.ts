/** Lit's development build greets on the console in every file; nothing else is silenced. */

Object.assign(globalThis, { litIssuedWarnings: new Set(["dev-mode"]) });

export {};
