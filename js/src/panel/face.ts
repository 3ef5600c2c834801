/** The two faces of a panel: that in a notebook's cell, and that for a hall. */
import type { TemplateResult } from "lit-html";
import type { Actions } from "./actions";
import { lectureKey } from "./keys";
import { lecture } from "./lecture";
import type { Local } from "./local";
import { template } from "./template";
import type { View } from "./view";

export interface Face {
  /** The class of the root. */
  name: string;
  template(view: View, local: Local, actions: Actions): TemplateResult;
  /** By how much a chart of a width and a height in pixels is larger than in a cell. */
  scale(width: number, height: number): number;
  key(event: KeyboardEvent, view: View, local: Local, actions: Actions): void;
}

export const PANEL: Face = { name: "picopanel", template, scale: () => 1, key: () => {} };

export const LECTURE: Face = {
  name: "picopanel lecture",
  template: lecture,
  scale: (width, height) => Math.min(3, Math.max(1, Math.min(width / 640, height / 170))),
  key: lectureKey,
};
