/** The set-up card's app, and its only module that touches the model. */
import type { CardState, CardToKernel } from "../contract";
import { type HostModel, LINE_CUT, listen, quietly, type Widget } from "../page/host";
import { Card } from "./card";

export function open(model: HostModel): Widget {
  const cards = new Set<Card>();
  const state = () => model.get("_state") as CardState;
  const tell = (message: CardToKernel) => quietly(() => model.send(message));
  const changed = () => {
    for (const card of cards) card.changed(state());
  };
  const cut = () => {
    for (const card of cards) card.cut();
  };
  const deafen = listen(model, { "change:_state": changed, [LINE_CUT]: cut });
  return {
    show(el) {
      const card = new Card(el, state(), tell);
      cards.add(card);
      return () => {
        cards.delete(card);
        card.close();
      };
    },
    close() {
      deafen();
      for (const card of cards) card.close();
    },
  };
}
