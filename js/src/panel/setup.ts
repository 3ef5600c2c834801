/** The set-up of a board in its own panel: the kernel makes the card when one is wanted. */
import type { Widget } from "../page/host";

export class SetupCard {
  /** The card, while there is one. */
  widget: Widget | null = null;
  private coming: Promise<Widget> | null = null;

  /** `want` asks the kernel for the card, or to take it away; null where there can be none, as on a wall. */
  constructor(
    readonly want: ((open: boolean) => void) | null,
    private readonly changed: () => void,
  ) {}

  /** Takes the card that there is from now on, or none. */
  async take(coming: Promise<Widget> | null): Promise<void> {
    this.coming = coming;
    const widget = coming && (await coming.catch(unfit));
    if (coming !== this.coming) return; // another has come meanwhile
    this.widget = widget;
    this.changed();
  }
}

/** What stands in the place of a card that this host cannot show inside of a panel. */
function unfit(): Widget {
  return {
    show(el) {
      el.textContent = "The card cannot be shown here. Write panel.setup() as the last line of a cell.";
      return () => el.replaceChildren();
    },
    close() {},
  };
}
